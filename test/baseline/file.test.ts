import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  baselineMajors,
  baselinePath,
  orphanedBaselines,
  readBaseline,
  writeBaseline,
} from '../../src/baseline/index.ts';
import type { Baseline } from '../../src/model/baseline.ts';
import type { Suite } from '../../src/model/suite.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'regress-baselines-'));
});
afterEach(() => rm(folder, { recursive: true }));

function suite(name: string): Suite {
  return { file: `suites/${name}`, path: join(folder, name), thresholds: {}, queries: [] };
}

function baseline(name: string, major: number, queries = ['q']): Baseline {
  const plan = {
    nodeType: 'Result',
    startupCost: 0,
    totalCost: 0.01,
    planRows: 1,
    planWidth: 4,
    properties: {},
    plans: [],
  };
  const provenance = { query: 'a', snapshot: 'b', settings: 'c' };
  return {
    suite: `suites/${name}`,
    major,
    blocks: queries.map((query) => ({ query, case: null, provenance, reason: '', plan })),
  };
}

describe('a baseline file', () => {
  it.each([
    ['orders.yaml', 'orders.pg17.baseline'],
    ['orders.yml', 'orders.yml.pg17.baseline'],
    ['orders.sql', 'orders.sql.pg17.baseline'],
  ])('of %s is %s', (name, expected) => {
    expect(baselinePath(suite(name), 17)).toBe(join(folder, expected));
  });

  it('serves its own major only', async () => {
    await writeBaseline(suite('a.yaml'), baseline('a.yaml', 15));
    await writeBaseline(suite('a.yaml'), baseline('a.yaml', 9));
    await writeBaseline(suite('a.sql'), baseline('a.sql', 18));
    expect(await readBaseline(suite('a.yaml'), 15)).toStrictEqual(baseline('a.yaml', 15));
    expect(await readBaseline(suite('a.yaml'), 17)).toBeNull();
    expect(await baselineMajors(suite('a.yaml'))).toEqual([9, 15]);
    expect(await baselineMajors(suite('a.sql'))).toEqual([18]);
  });

  it('is replaced as a whole, leaves nothing beside it, and goes with its last block', async () => {
    await writeBaseline(suite('a.yaml'), baseline('a.yaml', 17));
    await writeBaseline(suite('a.yaml'), baseline('a.yaml', 17, ['q', 'r']));
    expect(await readdir(folder)).toEqual(['a.pg17.baseline']);
    expect(await readFile(join(folder, 'a.pg17.baseline'), 'utf8')).toContain('query: r');
    await writeBaseline(suite('a.yaml'), baseline('a.yaml', 17, []));
    expect(await readdir(folder)).toEqual([]);
    await writeBaseline(suite('a.yaml'), baseline('a.yaml', 17, []));
  });

  it('that cannot be read or written is an error that names it', async () => {
    await mkdir(join(folder, 'a.pg17.baseline'));
    await expect(readBaseline(suite('a.yaml'), 17)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('a.pg17.baseline'),
    });
    await expect(writeBaseline(suite('a.yaml'), baseline('a.yaml', 17))).rejects.toMatchObject({ code: 'config' });
    expect(await readdir(folder)).toEqual(['a.pg17.baseline']);
  });

  it('without a suite is an orphan', async () => {
    await mkdir(join(folder, 'sub'));
    for (const name of ['a.pg17.baseline', 'a.sql.pg15.baseline', 'sub/a.pg17.baseline', 'a.baseline']) {
      await writeFile(join(folder, name), '');
    }
    expect(await orphanedBaselines(folder, [suite('a.yaml')])).toEqual([
      join(folder, 'a.sql.pg15.baseline'),
      join(folder, 'sub/a.pg17.baseline'),
    ]);
  });
});
