import { type ErrorCode, RegressError } from './errors.ts';

/** Hints for system errors at a file, by error code. */
const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'Free disk space there, or name another folder.',
  EDQUOT: "This user's disk quota is used up there; free disk space, or name another folder.",
  EROFS: 'It is mounted read-only; name a folder that can be written.',
  EACCES: 'Give this user permission, or name another folder.',
  EPERM: 'Give this user permission, or name another folder.',
  EMFILE: 'This process has too many open files; allow more: ulimit -n 4096',
  ENFILE: 'This machine has too many open files; allow more: sysctl fs.file-max',
  EIO: 'The disk reports a fault; see the kernel log: dmesg',
  ENOMEM: 'This machine is out of memory.',
  EAGAIN: 'This user has too many processes, or this machine is out of memory: ulimit -u',
};

/** True if a system call failed, rather than our code: Node.js names the call in these errors. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && typeof syscall === 'string';
}

/** The error for a file or folder that could not be written. `what` names it, as in `the report x.json`. */
export function fileError(what: string, cause: unknown, code: ErrorCode = 'environment'): RegressError {
  return systemError(`could not write ${what}`, cause, code);
}

/** Runs work that writes files. A system error becomes a fileError; other errors pass through. */
export async function writing<T>(what: string, code: ErrorCode, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isSystemError(error) ? fileError(what, error, code) : error;
  }
}

/** Turns a system error that nobody caught into a RegressError; null for any other error. */
export function asRegressError(error: unknown): RegressError | null {
  if (!isSystemError(error)) return null;
  const { syscall, path, dest } = error as NodeJS.ErrnoException & { dest?: string };
  return systemError(['system call failed:', syscall, dest ?? path].filter(Boolean).join(' '), error, 'environment');
}

function systemError(message: string, cause: unknown, code: ErrorCode): RegressError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = isSystemError(cause) ? HINTS[cause.code ?? ''] : undefined;
  return new RegressError(code, message, { detail: `${reason.replace(/\.$/, '')}.`, hint, cause });
}
