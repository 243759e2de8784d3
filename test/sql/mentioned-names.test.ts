import { beforeAll, describe, expect, it } from 'vitest';
import { loadScanner, mentionedNames } from '../../src/sql/index.ts';

beforeAll(loadScanner);

describe('mentionedNames', () => {
  it.each([
    ['SELECT Query_To_XML(1)', 'query_to_xml'],
    ['SELECT pg_catalog."table_to_xml"(1)', 'table_to_xml'],
    ["SELECT ('t'::regclass).table_to_xml", 'table_to_xml'],
    ['SELECT/**/table_to_xml/* */(1)', 'table_to_xml'],
    ['SELECT "a""b"(1)', 'a"b'],
    [`SELECT ${'x'.repeat(70)}(1)`, 'x'.repeat(63)],
    ['SELECT ünder(1)', 'ünder'],
    // SQL that the parser of another major does not know.
    ['SELECT table_to_xml(1) IGNORE NULLS OVER () FROM GRAPH_TABLE (g)', 'table_to_xml'],
  ])('finds the name in %s', (statement, name) => {
    const { names, unclear } = mentionedNames(statement);
    expect(names).toContain(name);
    expect(unclear).toBeNull();
  });

  it('leaves strings and comments out', () => {
    expect(mentionedNames("SELECT 'table_to_xml', $$ xml $$ -- dblink").names).toEqual(['select']);
  });

  it.each([
    ["SELECT current_setting('app.tenant')", null],
    ["SELECT pg_catalog.current_setting ( 'App.Tenant' , true )", null],
    ["SELECT current_setting('work_mem')", null],
    ["SELECT current_setting('primary_conninfo')", 'it calls current_setting()'],
    ["SELECT current_setting('primary_' || 'conninfo')", 'it calls current_setting()'],
    ["SELECT current_setting('app.x' || 'y')", 'it calls current_setting()'],
    ["SELECT current_setting(E'app.x')", 'it calls current_setting()'],
    ['SELECT "current_setting"($1)', 'it calls current_setting()'],
    ["SELECT ('primary_conninfo'::text).current_setting", 'it calls current_setting()'],
    ['SELECT U&"\\0074able_to_xml"(1)', 'it spells a name with escapes'],
    ['SELECT u&"!0074able_to_xml" UESCAPE \'!\' (1)', 'it spells a name with escapes'],
  ])('of %s says whether that is clear', (statement, unclear) => {
    const found = mentionedNames(statement).unclear;
    if (unclear === null) expect(found).toBeNull();
    else expect(found).toContain(unclear);
  });
});
