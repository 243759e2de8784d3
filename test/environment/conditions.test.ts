import { describe, expect, it } from 'vitest';
import { unmetConditions } from '../../src/environment/index.ts';
import { plannerLibraries } from '../../src/environment/planner-libraries.ts';
import type { Manifest, SourceServer } from '../../src/model/snapshot.ts';
import { aSnapshot } from '../support/snapshot-builders.ts';

const { manifest } = aSnapshot([]);
const german = { lc_collate: 'de_DE.UTF-8', lc_ctype: 'de_DE.UTF-8', collation_version: '2.36' };
const extension = (name: string, version: string) => ({ name, version, schema: 'public' });

/** [what, source, target, manifest, settings of the target, codes, text of the first message] */
type Row = [
  string,
  Partial<SourceServer>,
  Partial<SourceServer>,
  Partial<Manifest>,
  Record<string, string>,
  string[],
  string?,
];

const ROWS: Row[] = [
  ['nothing', {}, {}, {}, {}, []],
  ['a minor version', {}, { version: '15.9', server_version_num: 150009 }, {}, {}, []],
  ['another major', {}, { server_version_num: 180001 }, {}, {}, ['major'], 'of PostgreSQL 15 and the target runs 18'],
  ['another name of one machine', { platform: 'amd64-unknown' }, { platform: 'x86_64-pc-linux-gnu' }, {}, {}, []],
  [
    'another machine',
    {},
    { platform: 'aarch64-apple-darwin' },
    {},
    {},
    ['architecture'],
    'on x86_64 and the target on aarch64',
  ],
  ['other pages', {}, { block_size: 32768 }, {}, {}, ['block-size']],
  ['another encoding', {}, { encoding: 'LATIN1' }, {}, {}, ['encoding']],
  ['another locale', german, {}, {}, {}, ['collation'], 'de_DE.UTF-8 (libc) and the target'],
  [
    'another version of it',
    german,
    { ...german, collation_version: '2.41' },
    {},
    {},
    ['collation'],
    '2.36 on the source and 2.41',
  ],
  ['a version not known', german, { ...german, collation_version: null }, {}, {}, []],
  [
    'another version of a collation',
    { collations: { 'public."de"': '153.112', 'public.gone': '1' } },
    { collations: { 'public."de"': '153.120' } },
    {},
    {},
    ['collation'],
    'public."de"',
  ],
  [
    'TimescaleDB on the source',
    { extensions: [extension('timescaledb', '2')] },
    {},
    {},
    {},
    ['planner-library'],
    'the source has timescaledb',
  ],
  [
    'hints on the target',
    {},
    { session_preload_libraries: 'pg_hint_plan' },
    {},
    {},
    ['planner-library'],
    'the target has pg_hint_plan',
  ],
  ['our own library', {}, { session_preload_libraries: '/cache/regress_planner.so' }, {}, {}, []],
  [
    'an extension of another version',
    { extensions: [extension('citext', '1.6')] },
    { extensions: [extension('citext', '1.8')] },
    {},
    {},
    ['extension-version'],
  ],
  [
    'a tool of another version',
    { extensions: [extension('pageinspect', '1')] },
    { extensions: [extension('pageinspect', '2')] },
    {},
    {},
    [],
  ],
  [
    'a setting',
    {},
    {},
    { settings: { work_mem: '4096', jit: 'on' } },
    { work_mem: '64', jit: 'off' },
    ['setting'],
    'work_mem is 4096 in the snapshot and 64',
  ],
  [
    'what was not read',
    {},
    {},
    {
      unreadable: ['a', 'b'].map((object) => ({ object, what: 'GIN metapage', reason: '', hint: null, fatal: false })),
    },
    {},
    ['privileges'],
    'GIN metapage of a, b',
  ],
  ['no values', {}, {}, { values: false }, {}, ['values']],
];

describe('unmetConditions', () => {
  it.each(ROWS)('names %s', (_, source, target, more, settings, codes, text) => {
    const found = unmetConditions(
      { ...manifest, ...more, server: { ...manifest.server, ...source } },
      { server: { ...manifest.server, ...target }, settings },
    );
    expect(found.map(({ code }) => code)).toEqual(codes);
    if (text !== undefined) expect(found[0]?.message).toContain(text);
    for (const { effect } of found) expect(effect).toMatch(/^[A-Z].*\.$/);
  });
});

describe('plannerLibraries', () => {
  it.each([
    [['pg_stat_statements,auto_explain'], [], []],
    [['pg_stat_statements, citus'], ['citus'], ['citus']],
    [['$libdir/plugins/pg_hint_plan.so', '"timescaledb-2.11.0"'], [], ['pg_hint_plan', 'timescaledb']],
    [['something_new'], ['something_else'], ['something_new']],
  ])('of %j and extensions %j are %j', (preload, extensions, names) => {
    expect(plannerLibraries(preload, extensions).map(({ name }) => name)).toEqual(names);
  });
});
