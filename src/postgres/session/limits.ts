import { RegressError } from '../../model/errors.ts';

/** How long a session waits for its server, so that nothing waits for ever. */
export interface Wait {
  readonly ms: number;
  /**
   * The time is counted from the last byte that the server sent, so that a long answer has time (at most 20 times as
   * much); or from the start of the statement, if bytes mean no progress, such as the notices of a loop.
   */
  readonly since: 'byte' | 'statement';
}

/** Purpose of a session. The server has limits of its own; those of the client are longer. */
export type Purpose = 'source' | 'planning' | 'target';

const SECOND = 1000;

/**
 * The limits of the client. The source ends a statement after 60 s itself (`statement_timeout`), and so does a session
 * that plans. On a target a statement may build an index or copy a database.
 */
const SILENCE: Readonly<Record<Purpose, number>> = {
  source: 90 * SECOND,
  planning: 90 * SECOND,
  target: 600 * SECOND,
};

/** Time to open a session, including network, TLS and password. */
const CONNECTING = 10 * SECOND;

/** Time to close a session; a server that does not hear of it notices by itself. */
const CLOSING = 5 * SECOND;

/** After this time without data the kernel checks whether the other side is still there. */
export const KEEPALIVE_MS = 10 * SECOND;

/** Environment variable with the seconds for every limit; it can only shorten that of closing. */
export const CLIENT_TIMEOUT = 'REGRESS_CLIENT_TIMEOUT';

/** How long to wait for an answer. Throws RegressError `usage` if REGRESS_CLIENT_TIMEOUT is not a number of seconds. */
export function answerWait(purpose: Purpose, env: NodeJS.ProcessEnv = process.env): Wait {
  return { ms: override(env) ?? SILENCE[purpose], since: 'byte' };
}

/** Milliseconds until a session must be open. Throws like answerWait. */
export function connectingMs(env: NodeJS.ProcessEnv = process.env): number {
  return override(env) ?? CONNECTING;
}

/** Milliseconds that closing may take. */
export function closingMs(env: NodeJS.ProcessEnv = process.env): number {
  return Math.min(override(env) ?? CLOSING, CLOSING);
}

/** The longest timer of Node.js, in seconds: 24 days. */
const MOST_SECONDS = 2_147_483;

function override(env: NodeJS.ProcessEnv): number | null {
  const written = env[CLIENT_TIMEOUT];
  if (!written) return null;
  const seconds = Number(written);
  if (seconds > 0 && seconds <= MOST_SECONDS) return seconds * SECOND;
  throw new RegressError('usage', `REGRESS_CLIENT_TIMEOUT is not a number of seconds: "${written}"`, {
    hint: `${CLIENT_TIMEOUT}=600 npx regress-pg check`,
  });
}
