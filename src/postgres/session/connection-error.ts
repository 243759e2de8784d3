import { RegressError } from '../../model/errors.ts';
import { DatabaseError, PasswordMissing } from './client.ts';
import { connectingMs } from './limits.ts';
import { type Role, redactUrl } from './url.ts';
import { ProtocolError } from './wire.ts';

/** The error for a session that could not be opened, with what to do about it; never with a password. */
export function connectionError(url: string, role: Role, error: unknown): RegressError {
  if (error instanceof RegressError) return error;
  const { reason, hint } = explain(error);
  return new RegressError('connection', `could not connect to the ${role} ${redactUrl(url)}`, {
    detail: sentence(reason),
    hint: hint ?? `Check that the server runs and accepts you: psql '${redactUrl(url)}' -c 'SELECT version()'`,
    cause: error,
  });
}

interface Explanation {
  readonly reason: string;
  /** If absent, the hint is to try psql, whose message says more. */
  readonly hint?: string;
}

const CREDENTIALS = 'Check the user, and the password in the URL, PGPASSWORD or ~/.pgpass.';

/** Hints for errors of the server, by SQLSTATE (errcodes.txt). */
const OF_STATES: Readonly<Record<string, string>> = {
  '28P01': CREDENTIALS,
  '28000': `${CREDENTIALS} A line of pg_hba.conf must allow this user, database and address, with or without encryption.`,
  '3D000': 'Check the database in the URL; psql -l lists the databases of a server.',
  '42501': 'GRANT CONNECT ON DATABASE database TO role',
  '53300': 'Wait for other sessions to end, or use a connection pooler or a replica.',
  '57P03': 'Wait until the server has started, and try again.',
};

/** Meaning and hint of network errors, by code. */
const OF_NETWORK: Readonly<Record<string, readonly [meaning: string, hint?: string]>> = {
  ENOTFOUND: ['the host name is unknown', 'Check the host in the URL, and the DNS of this machine.'],
  EAI_AGAIN: ['the host name could not be looked up', 'Check the DNS of this machine.'],
  ECONNREFUSED: ['nothing is listening on this host and port'],
  ENOENT: ['there is no server socket for this port in this folder'],
  EACCES: ["this user may not use the server's socket"],
  ETIMEDOUT: ['the host does not answer', 'Check the host, and any firewalls on the way.'],
  EHOSTUNREACH: ['there is no route to the host', 'Check the host, and the network of this machine.'],
  ENETUNREACH: ['there is no route to the host', 'Check the host, and the network of this machine.'],
  ECONNRESET: ['the other side closed the connection'],
  EPIPE: ['the other side closed the connection'],
  EMFILE: ['this process has too many open files', 'Allow more: ulimit -n 4096'],
  ENFILE: ['this machine has too many open files', 'Allow more: sysctl fs.file-max'],
};

const TRUST =
  'Add sslrootcert=FILE with the root certificate to the URL; sslmode=require encrypts without verifying the server.';

const UNENCRYPTED =
  'Turn on ssl on the server. If you trust the network, add sslmode=disable to the URL; data and password are then sent unencrypted.';

function explain(error: unknown): Explanation {
  if (error instanceof PasswordMissing) return { reason: error.message, hint: CREDENTIALS };
  if (error instanceof DatabaseError) return withHint(error.message, OF_STATES[error.code ?? '']);
  if (error instanceof ProtocolError) {
    return {
      reason: error.message,
      hint: 'Check that host and port are those of PostgreSQL, and check any proxy on the way.',
    };
  }
  const { code = '', message } = first(error);
  const network = OF_NETWORK[code];
  if (network !== undefined) return withHint(`${network[0]} (${message || code})`, network[1]);
  if (message === 'timeout expired') {
    return withHint(`there was no answer within ${connectingMs() / 1000} s`, OF_NETWORK.ETIMEDOUT?.[1]);
  }
  if (/does not support SSL/i.test(message)) {
    return { reason: message, hint: UNENCRYPTED };
  }
  if (isAboutCertificates(code))
    return { reason: `the server's certificate is not trusted: ${message} (${code})`, hint: TRUST };
  return { reason: message || code };
}

function withHint(reason: string, hint: string | undefined): Explanation {
  return hint === undefined ? { reason } : { reason, hint };
}

/** Codes of OpenSSL's verification (X509_V_ERR_…), and Node.js's own. */
function isAboutCertificates(code: string): boolean {
  return /CERT|SIGNATURE|ISSUER/.test(code);
}

/** A host name with several addresses fails with an error for each address and no message of its own. */
function first(error: unknown): { readonly code?: string; readonly message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) {
    const messages = error.errors.map((each) => (each as Error).message);
    return { code: (error.errors[0] as { code?: string }).code ?? '', message: messages.join(', ') };
  }
  if (!(error instanceof Error)) return { message: String(error) };
  return { code: (error as { code?: string }).code ?? '', message: error.message };
}

function sentence(reason: string): string {
  return `${reason.replace(/\.$/, '')}.`;
}
