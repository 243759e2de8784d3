import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { RegressError } from '../../src/model/errors.ts';
import { temporaryFolder } from '../support/temp.ts';

async function write(yaml: string): Promise<string> {
  const path = join(await temporaryFolder(), 'regress.yaml');
  await writeFile(path, yaml);
  return path;
}

async function mistake(yaml: string): Promise<RegressError> {
  const error = await loadConfig(await write(yaml)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RegressError);
  return error as RegressError;
}

describe('mistakes are shown at their place', () => {
  test.each([
    [
      'an unknown key',
      'suites: suites\nsnapshott: x\n',
      /regress\.yaml:2:1: unknown key "snapshott"/,
      'snapshott: x\n    ^',
    ],
    ['a failOn that is none', 'failOn: sometimes\n', /:1:1: failOn must be any or branch/, '^'],
    [
      'a nested unknown key',
      'thresholds:\n  cost: { wran: 2 }\n',
      /:2:11: unknown key "wran" at thresholds\.cost\.wran/,
      '^',
    ],
    [
      'a bad type',
      'thresholds:\n  cost:\n    warn: much\n',
      /:3:5: a ratio to the baseline, such as 1\.5, is expected/,
      'warn: much\n        ^',
    ],
    ['a ratio below 1', 'thresholds:\n  rows: { warn: 0.5 }\n', /:2:11: a ratio must be at least 1/, '^'],
    ['a bad choice', 'thresholds: { shape: loud }\n', /:1:15: shape must be off, note, warn or fail/, '^'],
    [
      'a step that is neither',
      'target:\n  prepare:\n    - shell: x\n',
      /:3:7: a step must be "sql: FILE", "run: COMMAND" or "production: \[partitions, indexes\]"/,
      '^',
    ],
    ['a duplicate key', 'suites: a\nsuites: b\n', /:2:1: map keys must be unique/i, '^'],
    ['broken syntax', 'suites: [a\n', /regress\.yaml:\d+:\d+: /, '^'],
    ['a list for a file', '- a\n', /:1:1: a map is expected/, '^'],
    [
      'warn above fail',
      'thresholds:\n  cost: { warn: 2 }\n',
      /:2:3: warn \(2\) must not be greater than fail \(1\.5\)/,
      '^',
    ],
    [
      'another variable than env',
      'source: { url: "$' + '{file:x}" }\n',
      /:1:11: a URL may contain \$\{env:NAME\}, but not \$\{file:x\}/,
      '^',
    ],
  ])('%s', async (_, yaml, message, shown) => {
    const error = await mistake(yaml);
    expect(error.message).toMatch(message);
    expect(error.detail).toContain(shown);
    expect(error.code).toBe('config');
  });

  test('counts the others', async () => {
    expect((await mistake('a: 1\nb: 2\nc: 3\n')).hint).toMatch(/^Keys here: .*suites.*\. 2 more in this file\.$/);
  });
});

test('fills in variables of the environment', async () => {
  const path = await write('source: { url: "postgresql://${env:WHO}@h/db" }\ntarget: { url: "${env:NOT_SET}" }\n');
  const config = await loadConfig(path, { WHO: 'reader' });
  expect(config.source.url).toBe('postgresql://reader@h/db');
  expect(config.target.url).toBeNull();
});

test('an empty file means the defaults', async () => {
  const config = await loadConfig(await write(''));
  expect(config.thresholds).toEqual({
    cost: { warn: 1.1, fail: 1.5, ignoreBelow: 100 },
    rows: { warn: 10 },
    shape: 'warn',
    drift: 'warn',
  });
  expect(config.suites).toMatch(/\/suites$/);
});

test('a file that is not there is named', async () => {
  await expect(loadConfig('/nowhere/regress.yaml')).rejects.toThrow(/could not read .*nowhere\/regress\.yaml/);
});
