import { RegressError } from '../../model/errors.ts';

/** How long a session waits for its server, so that nothing waits for ever. */
export interface Wait {
  readonly ms: number;
  /**
   * What the time is counted from: the last byte the server sent, so that a long answer has time, but 20 times as much at most; or the
   * statement, where what it sends says nothing, such as the notices of a loop.
   */
  readonly since: 'byte' | 'statement';
}

/** What a session is for; the server has limits of its own, and the client's are behind them. */
export type Purpose = 'source' | 'planning' | 'target';

const SECOND = 1000;

/**
 * The limits of the client. The source ends a statement after 60 s by itself (`statement_timeout`), a planner too. On a
 * target a statement may build an index, or copy a database.
 */
const SILENCE: Readonly<Record<Purpose, number>> = {
  source: 90 * SECOND,
  planning: 90 * SECOND,
  target: 600 * SECOND,
};

/** Until a session is open: the network, TLS and the password among it. */
const CONNECTING = 10 * SECOND;

/** To say farewell; a server that does not hear it finds out by itself. */
const CLOSING = 5 * SECOND;

/** After so long without a word the kernel asks whether the other side is there. */
export const KEEPALIVE_MS = 10 * SECOND;

/** Seconds that stand for every limit but that of closing. */
export const CLIENT_TIMEOUT = 'REGRESS_CLIENT_TIMEOUT';

/** How long an answer is waited for. Throws RegressError `usage` where REGRESS_CLIENT_TIMEOUT is no number of seconds. */
export function answerWait(purpose: Purpose, env: NodeJS.ProcessEnv = process.env): Wait {
  return { ms: override(env) ?? SILENCE[purpose], since: 'byte' };
}

/** Milliseconds until a session must be open. Throws as answerWait. */
export function connectingMs(env: NodeJS.ProcessEnv = process.env): number {
  return override(env) ?? CONNECTING;
}

/** Milliseconds that closing may take. */
export function closingMs(env: NodeJS.ProcessEnv = process.env): number {
  return Math.min(override(env) ?? CLOSING, CLOSING);
}

/** The longest that a timer of Node.js takes, in seconds: 24 days. */
const MOST_SECONDS = 2_147_483;

function override(env: NodeJS.ProcessEnv): number | null {
  const written = env[CLIENT_TIMEOUT];
  if (!written) return null;
  const seconds = Number(written);
  if (seconds > 0 && seconds <= MOST_SECONDS) return seconds * SECOND;
  throw new RegressError('usage', `REGRESS_CLIENT_TIMEOUT is not a number of seconds: "${written}"`, {
    hint: `${CLIENT_TIMEOUT}=600 regress check`,
  });
}
