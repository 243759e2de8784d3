import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { RegressError } from '../../model/errors.ts';
import type { ConnectionParameters } from './parameters.ts';

/** How one attempt to connect encrypts; false: not at all. */
export type Tls = ConnectionOptions | false;

/**
 * The attempts that libpq makes for an sslmode, in order ("SSL Support" in its manual). `require` verifies the chain if
 * there is a file of root certificates. `verify-full` without one trusts the authorities that Node.js knows, where libpq
 * gives up. Throws RegressError `usage` for a file that cannot be read, and for `verify-ca` without root certificates.
 */
export function tlsAttempts(parameters: ConnectionParameters): readonly Tls[] {
  const { host, sslmode } = parameters;
  if (host.startsWith('/') || sslmode === 'disable') return [false];
  const unverified = { ...clientCertificate(parameters), rejectUnauthorized: false };
  if (sslmode === 'prefer') return [unverified, false];
  if (sslmode === 'allow') return [false, unverified];
  return [verified(parameters)];
}

function verified(parameters: ConnectionParameters): Tls {
  const { sslmode } = parameters;
  const root = rootCertificates(parameters);
  const certificate = clientCertificate(parameters);
  if (sslmode === 'verify-full') return { ...certificate, ...root };
  if (root !== null) return { ...certificate, ...root, checkServerIdentity: () => undefined };
  if (sslmode === 'require') return { ...certificate, rejectUnauthorized: false };
  throw new RegressError('usage', 'sslmode=verify-ca needs root certificates', {
    detail: 'Otherwise a certificate from any public authority would be accepted for any host.',
    hint: 'Add sslrootcert=FILE to the URL, or use sslmode=verify-full.',
  });
}

/** null if no file is named and libpq's default does not exist. */
function rootCertificates({ sslrootcert, sslmode }: ConnectionParameters): { ca?: Buffer } | null {
  if (sslrootcert === 'system') {
    if (sslmode === 'verify-full') return {};
    throw new RegressError('usage', `sslrootcert=system needs sslmode=verify-full, not ${sslmode}`);
  }
  const path = sslrootcert ?? ownFile('root.crt');
  return path === null ? null : { ca: readKeyFile(path) };
}

function clientCertificate({ sslcert, sslkey }: ConnectionParameters): ConnectionOptions {
  const [cert, key] = [sslcert ?? ownFile('postgresql.crt'), sslkey ?? ownFile('postgresql.key')];
  return cert === null || key === null ? {} : { cert: readKeyFile(cert), key: readKeyFile(key) };
}

/** A file that libpq looks for in the user's folder; null if it does not exist. */
function ownFile(name: string): string | null {
  const path = join(homedir(), '.postgresql', name);
  return existsSync(path) ? path : null;
}

function readKeyFile(path: string): Buffer {
  try {
    // A pipe would block and a device has no end, and a URL in regress.yaml may name either.
    if (!statSync(path).isFile()) throw new Error('It is not a file');
    return readFileSync(path);
  } catch (cause) {
    throw new RegressError('usage', `could not read ${path}`, { detail: `${(cause as Error).message}.`, cause });
  }
}
