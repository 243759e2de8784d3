import { expect, test } from 'vitest';
import { DatabaseError, PasswordMissing } from '../../src/postgres/session/client.ts';
import { connectionError } from '../../src/postgres/session/connection-error.ts';

const coded = (code: string, message: string) => Object.assign(new Error(message), { code });
const refused = (code: string, message: string) => {
  const error = new DatabaseError(message, message.length, 'error');
  error.code = code;
  return error;
};

test.for<[unknown, string | RegExp, RegExp]>([
  [
    coded('ENOTFOUND', 'getaddrinfo ENOTFOUND db.example'),
    'the host name is unknown (getaddrinfo ENOTFOUND db.example).',
    /DNS/,
  ],
  [
    coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'),
    'nothing is listening on this host and port (connect ECONNREFUSED 127.0.0.1:1).',
    /^Check that the server runs .*psql 'postgresql:\/\/me@host\/db'/,
  ],
  [
    new AggregateError([
      coded('ECONNREFUSED', 'connect ECONNREFUSED ::1:5432'),
      coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5432'),
    ]),
    'nothing is listening on this host and port (connect ECONNREFUSED ::1:5432, connect ECONNREFUSED 127.0.0.1:5432).',
    /psql/,
  ],
  [coded('ENOENT', 'connect ENOENT /tmp/.s.PGSQL.1'), /^there is no server socket .*\/tmp\/\.s\.PGSQL\.1/, /psql/],
  [new Error('timeout expired'), 'there was no answer within 10 s.', /firewalls/],
  [new Error('The server does not support SSL connections'), /SSL connections\.$/, /sslmode=disable/],
  [
    coded('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'),
    "the server's certificate is not trusted: self-signed certificate in certificate chain (SELF_SIGNED_CERT_IN_CHAIN).",
    /sslrootcert=FILE/,
  ],
  [new PasswordMissing(), /asks for a password/, /~\/\.pgpass/],
  [refused('28P01', 'password authentication failed for user "me"'), /failed for user "me"\.$/, /^Check the user/],
  [refused('28000', 'no pg_hba.conf entry for host "10.0.0.1"'), /no pg_hba\.conf entry/, /A line of pg_hba\.conf/],
  [refused('3D000', 'database "db" does not exist'), 'database "db" does not exist.', /psql -l/],
  [refused('42501', 'permission denied for database "db"'), /permission denied/, /^GRANT CONNECT/],
  [refused('57P03', 'the database system is starting up'), /starting up/, /try again/],
  ['a text', 'a text.', /psql/],
])('%s', ([error, detail, hint]) => {
  const told = connectionError('postgresql://me:s3cret@host/db', 'source', error);
  expect(told.message).toBe('could not connect to the source postgresql://me@host/db');
  expect(told.detail).toMatch(detail);
  expect(told.hint).toMatch(hint);
  expect(`${told.detail} ${told.hint}`).not.toContain('s3cret');
});
