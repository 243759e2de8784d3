import { type ErrorCode, RegressError } from './errors.ts';

/** What to do about an error of the system at a file, by its code. */
const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'Free disk space there, or name another folder.',
  EDQUOT: 'The quota of this user is used up there; free disk space, or name another folder.',
  EROFS: 'It is mounted to be read only; name a folder that can be written.',
  EACCES: 'Give this user the right to it, or name another folder.',
  EPERM: 'Give this user the right to it, or name another folder.',
  EMFILE: 'This process has too many open files; allow more: ulimit -n 4096',
  ENFILE: 'This machine has too many open files; allow more: sysctl fs.file-max',
  EIO: 'The disk reports a fault; the log of the kernel says more: dmesg',
  ENOMEM: 'This machine has too little memory free.',
  EAGAIN: 'This user has too many processes, or this machine too little memory free: ulimit -u',
};

/** Whether the system, not our code, is what failed: errors of Node.js for system calls name the call. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && typeof syscall === 'string';
}

/** A file or folder that could not be written: what it is (`the report x.json`), the system's reason, and what to do. */
export function fileError(what: string, cause: unknown, code: ErrorCode = 'environment'): RegressError {
  return systemError(`could not write ${what}`, cause, code);
}

/** Runs work that writes files. What the system has against it becomes fileError; all else passes through. */
export async function writing<T>(what: string, code: ErrorCode, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isSystemError(error) ? fileError(what, error, code) : error;
  }
}

/** An error of the system that nothing said more of, as one of ours; null for any other error. */
export function asRegressError(error: unknown): RegressError | null {
  if (!isSystemError(error)) return null;
  const { syscall, path, dest } = error as NodeJS.ErrnoException & { dest?: string };
  return systemError(['the system failed at', syscall, dest ?? path].filter(Boolean).join(' '), error, 'environment');
}

function systemError(message: string, cause: unknown, code: ErrorCode): RegressError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = isSystemError(cause) ? HINTS[cause.code ?? ''] : undefined;
  return new RegressError(code, message, { detail: `${reason.replace(/\.$/, '')}.`, hint, cause });
}
