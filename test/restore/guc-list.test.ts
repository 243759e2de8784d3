import { describe, expect, it } from 'vitest';
import { parseGucList } from '../../src/model/text/guc-list.ts';
import { withPlannerLibrary } from '../../src/restore/settings/planner-library.ts';
import { settingSql } from '../../src/restore/settings/settings.ts';

describe('parseGucList', () => {
  it.each([
    { value: '', items: [] },
    { value: '"$user", public', items: ['$user', 'public'] },
    { value: 'Shop,  "My ""Ext""" ,pg_catalog', items: ['shop', 'My "Ext"', 'pg_catalog'] },
    { value: '"a,b", c', items: ['a,b', 'c'] },
    { value: '""', items: [''] },
  ])('splits $value', ({ value, items }) => {
    expect(parseGucList(value, { foldCase: true })).toEqual(items);
  });

  it('keeps the case of a path', () => {
    expect(parseGucList('/opt/Lib/A.so', { foldCase: false })).toEqual(['/opt/Lib/A.so']);
  });
});

describe('settingSql', () => {
  it.each([
    { name: 'work_mem', value: '4096', sql: `"work_mem" = '4096'` },
    { name: 'search_path', value: '"$user", public', sql: `"search_path" = '$user', 'public'` },
    { name: 'search_path', value: '', sql: `"search_path" = ''` },
    { name: 'DateStyle', value: 'ISO, MDY', sql: `"DateStyle" = 'ISO, MDY'` },
    { name: 'pg_trgm.similarity_threshold', value: '0.4', sql: `"pg_trgm"."similarity_threshold" = '0.4'` },
    { name: 'lc_messages', value: `it's`, sql: `"lc_messages" = 'it''s'` },
  ])('writes $name = $value', ({ name, value, sql }) => {
    expect(settingSql(name, value)).toBe(sql);
  });
});

describe('withPlannerLibrary', () => {
  it('appends the library and replaces an earlier one of the extension', () => {
    const libraries = ['auto_explain', '/cache/1/regress_planner.so', 'regress_planner'];
    expect(withPlannerLibrary(libraries, '/cache/2/regress_planner.so')).toEqual([
      'auto_explain',
      '/cache/2/regress_planner.so',
    ]);
  });

  it('leaves a library of a similar name alone', () => {
    expect(withPlannerLibrary(['my_regress_planner'], 'regress_planner')).toEqual([
      'my_regress_planner',
      'regress_planner',
    ]);
  });
});
