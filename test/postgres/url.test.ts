import { describe, expect, test } from 'vitest';
import { redactUrl, standardUrl, urlParameters, withDatabase } from '../../src/postgres/session/url.ts';

describe('the parts of a URL', () => {
  test.each([
    ['postgresql://me:pw@h:5433/db', { host: 'h', port: '5433', user: 'me', password: 'pw', dbname: 'db' }],
    ['postgres://h', { host: 'h' }],
    ['postgresql:///db?host=/run/pg&port=5433', { host: '/run/pg', port: '5433', dbname: 'db' }],
    ['postgresql://me@/db', { user: 'me', dbname: 'db' }],
    ['postgresql://me@:5433/db', { user: 'me', port: '5433', dbname: 'db' }],
    ['postgresql://%2Frun%2Fpg/db', { host: '/run/pg', dbname: 'db' }],
    ['postgresql://[::1]:5433/db', { host: '::1', port: '5433', dbname: 'db' }],
    ['postgresql://h/a?dbname=b&user=you', { host: 'h', dbname: 'b', user: 'you' }],
    ['postgresql://m%40e:p%2Fw@h/d%20b', { host: 'h', user: 'm@e', password: 'p/w', dbname: 'd b' }],
    ['postgresql://me:50%@h/db', { host: 'h', user: 'me', password: '50%', dbname: 'db' }],
    ['postgresql://', {}],
  ])('%s', (url, parts) => {
    expect(urlParameters(url)).toEqual(parts);
  });

  test.each(['mysql://h/db', 'host=h dbname=db', 'h', '', 'postgresql://h:port/db'])('%j is no URL', (url) => {
    expect(() => urlParameters(url)).toThrow('not a PostgreSQL URL');
  });
});

test.each([
  ['postgresql://me:s3cret@h/db?sslmode=require', 'postgresql://me@h/db?sslmode=require'],
  ['postgresql://me:s3cret@/db?host=/run/pg', 'postgresql://me@/db?host=%2Frun%2Fpg'],
  ['postgresql:///db?user=me&password=s3cret&sslkey=s3cret', 'postgresql:///db?user=me'],
  ['postgresql://me:s3cret@h:port/db', '(unreadable URL)'],
])('%s is shown without its secrets', (url, shown) => {
  expect(redactUrl(url)).toBe(shown);
});

test.each([
  ['postgresql://me@h:5/x?a=b', 'postgresql://me@h:5/a%20b?a=b'],
  ['postgresql://me@/x?host=/run/pg', 'postgresql://me@/a%20b?host=%2Frun%2Fpg'],
  ['postgresql://h/x?dbname=y', 'postgresql://h/a%20b'],
])('another database of %s', (url, other) => {
  expect(urlParameters(withDatabase(url, 'a b'))).toEqual({ ...urlParameters(other), dbname: 'a b' });
});

describe('a URL for other programs', () => {
  test.each([
    'postgresql://me@/db?host=/run/pg&port=5433',
    'postgresql://m%40e:p%2Fw%26@:5433/d%20b?host=/run/pg&sslmode=disable',
    'postgresql://me@',
    'postgresql://me:pw@h:5433/db?host=other',
    'postgresql:///db',
  ])('says the same as %s and follows the standard', (url) => {
    expect(URL.canParse(standardUrl(url))).toBe(true);
    expect(urlParameters(standardUrl(url))).toEqual(urlParameters(url));
  });
});
