import { expect, it } from 'vitest';
import { effectiveSettings } from '../../src/environment/index.ts';
import type { RoleSettings } from '../../src/model/manifest.ts';

const of = (role: string | null, database: boolean, settings: Record<string, string>): RoleSettings => ({
  role,
  database,
  settings,
});
const BASE = { work_mem: '4096', random_page_cost: '4', enable_seqscan: 'on' };

it.each<[string, RoleSettings[], string | undefined, Record<string, string>, string[]]>([
  ['nothing is overridden', [], 'reader', {}, []],
  ['the role has its own', [of('app', false, { work_mem: '64MB' })], 'reader', { work_mem: '64MB' }, []],
  [
    'the role in the database wins over the role',
    [of('app', true, { work_mem: '1MB' }), of('app', false, { work_mem: '64MB' })],
    'reader',
    { work_mem: '1MB' },
    [],
  ],
  [
    'the role wins over the database, and that over all roles',
    [
      of(null, false, { work_mem: '1', random_page_cost: '1' }),
      of(null, true, { random_page_cost: '2' }),
      of('app', false, { work_mem: '3' }),
    ],
    'reader',
    { work_mem: '3', random_page_cost: '2' },
    [],
  ],
  ['the snapshot has it already', [of(null, true, { work_mem: '4096' })], 'reader', {}, []],
  ['another role has its own', [of('report', false, { work_mem: '1' })], 'reader', {}, []],
  [
    'the reader has its own, over the database',
    [of('reader', false, { work_mem: '1' }), of(null, true, { work_mem: '2' })],
    'reader',
    { work_mem: '2' },
    [],
  ],
  ['the reader has its own, over the server', [of('reader', false, { work_mem: '1' })], 'reader', {}, ['work_mem']],
  ['the reader is the role', [of('app', false, { work_mem: '4096' })], 'app', {}, []],
])('%s', (_, role_settings, role, settings, unknown) => {
  const manifest = { settings: BASE, role_settings, ...(role !== undefined && { role }) };
  expect(effectiveSettings(manifest, 'app')).toEqual({ settings, unknown });
});
