import { readFile, stat } from 'node:fs/promises';
import type { ConnectionParameters } from './parameters.ts';

/**
 * The password in the first line of the password file (~/.pgpass) that matches this connection; null if there is none.
 * Like libpq, ignores a file that others may read.
 */
export async function filedPassword(parameters: ConnectionParameters): Promise<string | null> {
  const { passfile, host, port, database, user } = parameters;
  const file = await stat(passfile).catch(() => null);
  if (!file?.isFile() || (file.mode & 0o077) !== 0) return null;
  // A socket belongs to this machine. libpq uses localhost only for its default folder, which differs between builds.
  const hosts = host.startsWith('/') ? [host, 'localhost'] : [host];
  const wanted = [hosts, [String(port)], [database], [user]];
  for (const line of (await readFile(passfile, 'utf8')).split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const fields = fieldsOf(line);
    const password = fields[wanted.length];
    if (password !== undefined && wanted.every((values, index) => isFor(fields[index], values)))
      return unescaped(password);
  }
  return null;
}

function isFor(field: string | undefined, values: readonly string[]): boolean {
  return field === '*' || (field !== undefined && values.includes(unescaped(field)));
}

/** `host:port:database:user:password`, in which a backslash escapes a colon or itself. */
function fieldsOf(line: string): string[] {
  return line.match(/(?:\\.|[^:\\])+|(?<=^|:)(?=:|$)/g) ?? [];
}

function unescaped(field: string): string {
  return field.replace(/\\(.)/g, '$1');
}
