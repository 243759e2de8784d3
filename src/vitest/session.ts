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

/** One planning session, opened when the first plan is asked for. */
export interface Session {
  /** The suite of a file, named from the folder of regress.yaml, with its automatic cases. */
  load(file: string | URL): Promise<Suite>;
  open(): Promise<void>;
  check(suite: Suite, query: string, caseName: string | null): Promise<QueryCheck>;
  /** Accepts in the background; settled() waits, and rejects where it failed. */
  accept(check: QueryCheck): void;
  settled(): Promise<void>;
  /** Opened anew by whoever asks for plans afterwards. */
  close(): Promise<void>;
}

const sessions = new Map<string, Session>();

/** The session of these options: the same one for all that a test file plans. */
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
    await told(Promise.all(mine));
  };
  return {
    load: (wanted) =>
      told(
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
    open: async () => void (await told(open())),
    check: (suite, query, caseName) =>
      told(
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
      // Whoever waits for it hears of it.
      write.catch(() => undefined);
      writes.push(write);
    },
    settled,
    close: async () => {
      const was = opened;
      opened = null;
      await settled();
      const checks = await was?.catch(() => null);
      await told(checks?.close() ?? Promise.resolve());
    },
  };
}

function noSuite(path: string, suites: readonly Suite[]): RegressError {
  return new RegressError('suite', `${path} is no suite`, {
    hint: `Name one from the folder of regress.yaml: ${suites.map(({ file }) => file).join(', ')}`,
  });
}

/** Errors as the command line tells them: message, DETAIL and HINT. */
async function told<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw new Error(describeError(error).trimEnd(), { cause: error });
  });
}

/** Warnings are for the reporter, under the name of the test file; of the rest vitest has its own. */
function quietContext(): RunContext {
  return {
    env: process.env,
    verbose: false,
    progress: { ...SILENT, warn: (message, fields) => console.warn(describeWarning(message, fields).trimEnd()) },
    say: () => undefined,
  };
}
