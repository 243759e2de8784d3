import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../config/index.ts';
import { describeError, describeWarning } from '../judging/index.ts';
import { RegressError } from '../model/errors.ts';
import { SILENT } from '../model/progress.ts';
import type { Suite } from '../model/suite.ts';
import type { RunContext } from '../planning/index.ts';
import { loadSuites } from '../suite/index.ts';
import { openQueryChecks, type QueryCheck, type QueryChecks } from './query-checks.ts';
import type { SuiteOptions } from './types.ts';
import { updateMode } from './update-mode.ts';

/** A planning session that opens with the first plan. */
export interface Session {
  /** Reads a suite with its automatic cases. The path is relative to the folder of regress.yaml. */
  load(file: string | URL): Promise<Suite>;
  open(): Promise<void>;
  check(suite: Suite, query: string, caseName: string | null): Promise<QueryCheck>;
  /** Accepts the plan in the background. settled() waits for that, and rejects if it failed. */
  accept(check: QueryCheck): void;
  settled(): Promise<void>;
  /** Closes the session. The next plan opens it again. */
  close(): Promise<void>;
}

const sessions = new Map<string, Session>();

/** The session for these options. All plans of a test file share it. */
export function sessionOf(options: SuiteOptions): Session {
  const { config, project, target, snapshot } = options;
  const key = JSON.stringify([config, project, target, snapshot]);
  const session = sessions.get(key) ?? createSession(options);
  sessions.set(key, session);
  return session;
}

function createSession({ config: file, project, ...options }: SuiteOptions): Session {
  let opened: Promise<QueryChecks> | null = null;
  let writes: Promise<void>[] = [];
  const config = () => loadConfig(file, process.env, project);
  const open = (): Promise<QueryChecks> => {
    opened ??= config().then(async (loaded) => openQueryChecks(loaded, options, quietContext()));
    return opened;
  };
  const settled = async () => {
    const mine = writes;
    writes = [];
    await withFullText(Promise.all(mine));
  };
  return {
    load: (wanted) =>
      withFullText(
        (async () => {
          const { folder, suites } = await config();
          const path = wanted instanceof URL ? fileURLToPath(wanted) : resolve(folder, wanted);
          const all = await loadSuites(suites);
          const suite = all.find((one) => one.path === path);
          if (suite === undefined) throw noSuite(path, all);
          const isAutomatic = suite.queries.some(({ auto }) => auto !== undefined);
          return isAutomatic ? (await open()).complete(suite) : suite;
        })(),
      ),
    open: async () => void (await withFullText(open())),
    check: (suite, query, caseName) =>
      withFullText(
        (async () => {
          const mode = updateMode();
          const how = {
            ci: mode === 'none',
            updating: mode === 'all',
            reason: process.env.REGRESS_REASON || undefined,
          };
          return (await open()).check({ suite, query, case: caseName, ...how });
        })(),
      ),
    accept: (check) => {
      const write = check.accept();
      // settled() reports the error; this only avoids an unhandled rejection.
      write.catch(() => undefined);
      writes.push(write);
    },
    settled,
    close: async () => {
      const was = opened;
      opened = null;
      await settled();
      const checks = await was?.catch(() => null);
      await withFullText(checks?.close() ?? Promise.resolve());
    },
  };
}

function noSuite(path: string, suites: readonly Suite[]): RegressError {
  return new RegressError('suite', `${path} is not a suite`, {
    hint: `Name one relative to the folder of regress.yaml: ${suites.map(({ file }) => file).join(', ')}`,
  });
}

/** Rethrows errors with the text of the command line: message, DETAIL and HINT. */
async function withFullText<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw new Error(describeError(error).trimEnd(), { cause: error });
  });
}

/** Prints only warnings, which vitest shows under the name of the test file. vitest has its own progress. */
function quietContext(): RunContext {
  return {
    env: process.env,
    verbose: false,
    progress: { ...SILENT, warn: (message, fields) => console.warn(describeWarning(message, fields).trimEnd()) },
    say: () => undefined,
  };
}
