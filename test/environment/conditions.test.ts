import { describe, expect, it } from 'vitest';
import { type TargetEnvironment, unmetConditions } from '../../src/environment/index.ts';
import { plannerLibraries } from '../../src/environment/planner-libraries.ts';
import type { Manifest, SourceServer } from '../../src/model/snapshot.ts';
import { aSnapshot } from '../support/snapshot-builders.ts';

const { manifest } = aSnapshot([]);
const german = { lc_collate: 'de_DE.UTF-8', lc_ctype: 'de_DE.UTF-8', collation_version: '2.36' };
const icu = { locale_provider: 'i', locale: 'de-DE', collation_version: '153.120' };
const builtin = { locale_provider: 'b', locale: 'C.UTF-8', collation_version: '1' };
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
  ['another spelling of it', german, { ...german, lc_collate: 'de_DE.utf8', lc_ctype: 'de_DE.utf8' }, {}, {}, []],
  ['C by another name', {}, { lc_collate: 'POSIX', lc_ctype: 'POSIX' }, {}, {}, []],
  ['C of the builtin provider', {}, { ...builtin, locale: 'C', lc_collate: 'de_DE.UTF-8' }, {}, {}, []],
  ['the builtin C.UTF-8', {}, builtin, {}, {}, ['ctype'], 'by C and the target by C.UTF-8 (builtin), LC_CTYPE C'],
  ['the libc C.UTF-8', {}, { lc_collate: 'C.UTF-8', lc_ctype: 'C.UTF-8' }, {}, {}, ['collation']],
  ['another LC_CTYPE', {}, { lc_ctype: 'C.UTF-8' }, {}, {}, ['ctype'], 'by C and the target by C.utf8'],
  ['a version of C', {}, { collation_version: '2.41' }, {}, {}, []],
  ['a version of the builtin locale', builtin, { ...builtin, collation_version: '2' }, {}, {}, []],
  [
    'another provider',
    german,
    { ...german, ...icu },
    {},
    {},
    ['collation'],
    "de_DE.UTF-8 (libc) and the target's de-DE (icu)",
  ],
  [
    'another version of it',
    german,
    { ...german, collation_version: '2.41' },
    {},
    {},
    ['collation'],
    'de_DE.UTF-8 (libc) has version 2.36 on the source and version 2.41 on the target',
  ],
  [
    'another version of ICU',
    icu,
    { ...icu, collation_version: '153.121' },
    {},
    {},
    ['collation'],
    '153.120 on the source',
  ],
  [
    'other rules of ICU',
    { ...icu, icu_rules: '&V << w' },
    icu,
    {},
    {},
    ['collation'],
    'de-DE (icu, rules &V << w) and the',
  ],
  [
    'a C library without versions, such as musl',
    german,
    { ...german, collation_version: null, platform: 'x86_64-pc-linux-musl' },
    {},
    {},
    ['collation'],
    'has version 2.36 on the source and no version on the target',
  ],
  [
    'two C libraries without versions',
    { ...german, collation_version: null, platform: 'x86_64-apple-darwin23.1.0' },
    { ...german, collation_version: null, platform: 'x86_64-pc-linux-musl' },
    {},
    {},
    ['collation'],
    'of darwin on the source and of linux-musl on the target',
  ],
  [
    'one C library without versions',
    { ...german, collation_version: null, platform: 'aarch64-apple-darwin23.1.0' },
    { ...german, collation_version: null, platform: 'arm64-apple-darwin24' },
    {},
    {},
    [],
  ],
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

describe('the command that mends', () => {
  const hints = (
    more: Partial<Manifest>,
    target: Partial<TargetEnvironment> = {},
    server: Partial<SourceServer> = {},
  ) =>
    unmetConditions(
      { ...manifest, ...more, server: { ...manifest.server, ...server } },
      { server: { ...manifest.server, database: 'ci' }, settings: {}, ...target },
    ).map(({ hint }) => hint);

  it.each([
    ['user', 'ALTER ROLE "me" RESET work_mem'],
    ['database user', 'ALTER ROLE "me" IN DATABASE "ci" RESET work_mem'],
    ['database', 'The schema sets it: remove ALTER DATABASE … SET work_mem from what target.prepare runs.'],
    ['client', "Remove work_mem from the options in the target's URL."],
    ['configuration file', "On the target's server, run: ALTER SYSTEM SET work_mem = '4096'"],
  ])('a setting of source "%s" is: %s', (source, hint) => {
    const target = { settings: { work_mem: '64' }, settingSources: { work_mem: source }, role: 'me' };
    expect(hints({ settings: { work_mem: '4096' } }, target)).toEqual([hint]);
  });

  it.each([
    ['GRANT pg_read_all_settings TO reader', 'GRANT pg_read_all_settings TO reader'],
    ['CREATE SCHEMA IF NOT EXISTS regress; …', 'To see what lets the role read it, run: npx regress-pg doctor'],
  ])('what was not read for want of "%s" is: %s', (grant, hint) => {
    const unreadable = [{ object: 'a', what: 'setting', reason: '', hint: grant, fatal: false }];
    expect(hints({ unreadable })).toEqual([hint]);
  });

  it.each([
    [
      german,
      "On the target's machine, run: localedef -i de_DE -f UTF-8 de_DE.UTF-8; then: CREATE DATABASE … TEMPLATE template0 LC_COLLATE 'de_DE.UTF-8' LC_CTYPE 'de_DE.UTF-8'",
    ],
    [icu, "CREATE DATABASE … TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' LC_COLLATE 'C' LC_CTYPE 'C'"],
  ])('a locale the target lacks is made (%#)', (server, hint) => {
    expect(hints({}, {}, server)).toEqual([hint]);
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
