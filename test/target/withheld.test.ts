import { expect, test } from 'vitest';
import { variablesToWithhold } from '../../src/target/withheld.ts';

const ENV = {
  PATH: '/bin',
  REGRESS_SOURCE_URL: 'postgresql://me:s3cret%2Fs@prod/x',
  REGRESS_TARGET_URL: 'postgresql://ci/x',
  REGRESS_CACHE_DIR: '/cache',
  PROD_PW: 'other',
  COPY_OF_IT: 'x s3cret/s y',
  PGPASSWORD: 'pw',
  CI: 'true',
};

test.each([
  [
    'URLs for regress, and what holds the password',
    { url: null, variables: [] },
    false,
    ['COPY_OF_IT', 'REGRESS_SOURCE_URL', 'REGRESS_TARGET_URL'],
  ],
  [
    'what the source is filled in from',
    { url: null, variables: ['PROD_PW'] },
    false,
    ['COPY_OF_IT', 'PROD_PW', 'REGRESS_SOURCE_URL', 'REGRESS_TARGET_URL'],
  ],
  [
    'passwords of psql, on a server of ours',
    { url: null, variables: [] },
    true,
    ['COPY_OF_IT', 'PGPASSWORD', 'REGRESS_SOURCE_URL', 'REGRESS_TARGET_URL'],
  ],
])('%s', (_, source, isOurs, expected) => {
  expect(variablesToWithhold(source, ENV, { isOurs }).sort()).toEqual(expected);
});

test('the password of a URL that no variable gave', () => {
  const env = { TOKEN: 'hunter22', SHORT: 'abc' };
  expect(
    variablesToWithhold({ url: 'postgresql://me:hunter22@prod/x', variables: [] }, env, { isOurs: false }),
  ).toEqual(['TOKEN']);
  expect(variablesToWithhold({ url: 'postgresql://me:abc@prod/x', variables: [] }, env, { isOurs: false })).toEqual([]);
  expect(variablesToWithhold({ url: 'no URL', variables: [] }, env, { isOurs: false })).toEqual([]);
});
