import { describe, expect, test, vi } from 'vitest';
import { clientEnvironment, connectionParameters } from '../../src/postgres/session/parameters.ts';

const URL = 'postgresql://me@db.example/shop';

/** Everything that leads libpq to another place, or sets what plans depend on. */
const ELSEWHERE = {
  PGHOST: 'production',
  PGHOSTADDR: '10.0.0.1',
  PGPORT: '6543',
  PGDATABASE: 'production',
  PGSERVICE: 'production',
  PGOPTIONS: '-c enable_seqscan=off',
  DATABASE_URL: 'postgresql://production/production',
};

describe('the environment', () => {
  test.each([URL, 'postgresql://me@/shop', 'postgresql://me@', 'postgresql:///shop?user=me'])(
    'never says where a target is: %s',
    (url) => {
      expect(connectionParameters(url, 'target', ELSEWHERE)).toEqual(connectionParameters(url, 'target', {}));
    },
  );

  test('completes the URL of a source, as with psql', () => {
    const place = { host: 'production', port: 6543, database: 'production' };
    expect(connectionParameters('postgresql://me@', 'source', ELSEWHERE)).toMatchObject({ ...place, options: null });
    const whole = 'postgresql://me@h:1/shop';
    expect(connectionParameters(whole, 'source', ELSEWHERE)).toEqual(connectionParameters(whole, 'source', {}));
  });

  test('says who connects and how, where the URL does not', () => {
    const env = {
      PGUSER: 'reader',
      PGPASSWORD: 'pw',
      PGPASSFILE: '/p',
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: '/ca',
      PGSSLCERT: '/crt',
      PGSSLKEY: '/key',
    };
    expect(connectionParameters('postgresql://h/shop', 'source', env)).toMatchObject({
      user: 'reader',
      password: 'pw',
      passfile: '/p',
      sslmode: 'verify-full',
      sslrootcert: '/ca',
      sslcert: '/crt',
      sslkey: '/key',
    });
    const url = 'postgresql://me:own@h/shop?sslmode=require&sslrootcert=/own&sslcert=/own&sslkey=/own&passfile=/own';
    expect(connectionParameters(url, 'source', env)).toEqual(connectionParameters(url, 'source', {}));
  });
});

test('defaults are those of libpq', () => {
  expect(connectionParameters('postgresql://me@localhost', 'source', {})).toMatchObject({
    port: 5432,
    database: 'me',
    password: null,
    options: null,
    sslmode: 'prefer',
    sslrootcert: null,
  });
  // No server listens there, so there is no socket either.
  expect(connectionParameters('postgresql://me@:1/db', 'source', {}).host).toBe('localhost');
});

test.each([
  ['postgresql://h/db?sslmode=requrie', /"requrie" is not an sslmode/],
  ['postgresql://h/db?port=54x', /"54x" is not a port number/],
  ['postgresql://h/db?port=0', /"0" is not a port number/],
  ['postgresql:///?service=shop', /"service" is not supported/],
  ['postgresql://h/?hostaddr=10.0.0.1', /"hostaddr" is not supported/],
])('%s is refused', (url, message) => {
  expect(() => connectionParameters(url, 'source', {})).toThrow(message);
});

test('commands find the database by variables, and nothing that leads them elsewhere', () => {
  const environment = clientEnvironment(`${URL}?sslmode=verify-full&sslrootcert=/ca`);
  expect(environment).toMatchObject({
    DATABASE_URL: `${URL}?sslmode=verify-full&sslrootcert=/ca`,
    PGHOST: 'db.example',
    PGPORT: '5432',
    PGUSER: 'me',
    PGDATABASE: 'shop',
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: '/ca',
  });
  const unset = Object.keys(environment).filter((name) => environment[name] === undefined);
  expect(unset).toEqual(expect.arrayContaining(['PGSERVICE', 'PGHOSTADDR', 'PGOPTIONS']));
});

test.each([['postgresql:///shop?host=/run/sockets&sslmode=require'], ['postgresql://me@db.example/shop']])(
  'commands of %s are not asked for the TLS that node-postgres would insist on',
  (url) => {
    vi.stubEnv('PGSSLMODE', undefined);
    const environment = clientEnvironment(url);
    expect(Object.keys(environment)).toContain('PGSSLMODE');
    expect(environment.PGSSLMODE).toBeUndefined();
  },
);

describe('encryption', () => {
  const mode = (url: string, role: 'source' | 'target', env = {}) => connectionParameters(url, role, env).sslmode;

  test.each(['db.example', '10.0.0.1', '[2001:db8::1]', 'localhost.example', '0.0.0.0'])(
    'of a source at %s is required',
    (host) => {
      expect(mode(`postgresql://me@${host}/shop`, 'source')).toBe('require');
      expect(mode(`postgresql://me@${host}/shop`, 'target')).toBe('prefer');
    },
  );

  test.each(['localhost', '127.0.0.1', '[::1]', ''])('of a source on this machine (%s) is as with psql', (host) => {
    expect(mode(`postgresql://me@${host}/shop`, 'source')).toBe('prefer');
  });

  test.each(['disable', 'allow', 'prefer'])('is not required where %s is written', (written) => {
    expect(mode(`${URL}?sslmode=${written}`, 'source')).toBe(written);
    expect(mode(URL, 'source', { PGSSLMODE: written })).toBe(written);
  });

  test('by the authorities of the system is whole', () => {
    expect(mode(`${URL}?sslrootcert=system`, 'source')).toBe('verify-full');
    expect(mode(URL, 'target', { PGSSLROOTCERT: 'system' })).toBe('verify-full');
    expect(mode(`${URL}?sslrootcert=/ca`, 'source')).toBe('require');
  });

  test('counts for a host that the environment names', () => {
    expect(mode('postgresql://me@', 'source', { PGHOST: 'production' })).toBe('require');
  });
});
