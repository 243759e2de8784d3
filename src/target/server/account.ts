import { execa } from 'execa';
import { programPath } from '../../files/index.ts';
import { RegressError } from '../../model/errors.ts';

/** The unprivileged user of this machine that runs the server instead of root. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Variables that tell the C library where to find locales that are not in the usual place. */
export function localePlaces(): Record<string, string> {
  const set = ['LOCPATH', 'LOCALE_ARCHIVE'].flatMap((name) => {
    const value = process.env[name];
    return value ? [[name, value] as const] : [];
  });
  return Object.fromEntries(set);
}

/** The environment of a server's programs; no PG*, LC_* or TZ leaks in. */
function serverEnvironment(): Record<string, string> {
  return { PATH: programPath(), LC_ALL: 'C', TZ: 'UTC', ...localePlaces() };
}

/**
 * The user to run the server as: null for the user of this process. PostgreSQL refuses root, so for root it is
 * `postgres` or else `nobody`. Throws RegressError `environment` if neither exists.
 */
export async function serverAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const account = await lookUpAccount(name);
    if (account !== null) return account;
  }
  throw new RegressError('environment', 'no unprivileged user to run PostgreSQL as', {
    detail: 'PostgreSQL does not run as root, and this machine has neither a user postgres nor a user nobody.',
    hint: 'useradd --system postgres',
  });
}

async function lookUpAccount(name: string): Promise<Account | null> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map((option) =>
      execa('id', [option, name], { reject: false, env: { PATH: programPath() } }).then(({ stdout }) => stdout),
    ),
  );
  return uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : null;
}

/** Options for execa that run one of the server's programs as its user, in a folder that this user can enter. */
export function asServer(account: Account | null) {
  return {
    cwd: '/',
    env: serverEnvironment(),
    extendEnv: false,
    ...(account === null ? {} : { uid: account.uid, gid: account.gid }),
  } as const;
}

/** Whether the server's user (null: this user) may enter, run or write a file or folder. */
export async function isReachable(account: Account | null, path: string, right: 'w' | 'x'): Promise<boolean> {
  const { exitCode } = await execa('sh', ['-c', `test -${right} "$1"`, 'sh', path], {
    ...asServer(account),
    reject: false,
  });
  return exitCode === 0;
}

/** Throws RegressError `environment`, with `hint`, if the server's user cannot reach a file or folder. */
export async function checkReachable(
  account: Account | null,
  path: string,
  { right, hint }: { readonly right: 'w' | 'x'; readonly hint: string },
): Promise<void> {
  if (account === null || (await isReachable(account, path, right))) return;
  throw new RegressError('environment', `the server's user ${account.name} cannot reach ${path}`, {
    detail: `PostgreSQL does not run as root, so regress starts it as ${account.name}, which must be able to enter every folder of this path.`,
    hint,
  });
}
