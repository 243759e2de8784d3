import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { RegressError } from '../../src/model/errors.ts';
import { readYaml, sourceError } from '../../src/yaml/index.ts';
import { temporaryFolder } from '../support/temp.ts';

async function read(source: string, schema: z.ZodType = z.strictObject({ a: z.unknown() })): Promise<unknown> {
  const path = join(await temporaryFolder(), 'file.yaml');
  await writeFile(path, source);
  return (await readYaml(path, schema, 'suite')).value;
}

/** Ten aliases on each of eight levels: a hundred million values. */
const BOMB = [
  'a0: &a0 [x]',
  ...Array.from({ length: 8 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join()}]`),
].join('\n');

describe('a YAML file', () => {
  test('may have a byte order mark, Windows line ends and aliases', async () => {
    expect(await read('\uFEFFa:\r\n  - &x 1\r\n  - *x\r\n')).toEqual({ a: [1, 1] });
  });

  test.each([
    [
      'a list that holds itself',
      'cases: { a: &c [1, *c] }\n',
      /file\.yaml:1:20: the alias \*c is inside the value it refers to/,
    ],
    ['a map that holds itself further below', 'a: &m\n  b:\n    - c: *m\n', /file\.yaml:3:10: the alias \*m is inside/],
    ['a merge of itself', 'a: &m { b: 1, <<: *m }\n', /file\.yaml:1:19: the alias \*m is inside/],
    ['aliases without end', BOMB, /file\.yaml:1:1: aliases expand to more than 100 values/],
    ['two documents', 'a: 1\n---\na: 2\n', /file\.yaml:2:1: a second document begins here/],
    ['endless nesting', `a: ${'['.repeat(100_000)}`, /file\.yaml:1:\d+: the nesting is too deep/],
    ['a tab', 'a:\n\t- 1\n', /file\.yaml:2:1: Tabs are not allowed/],
    ['bytes', '\0\x01\x02', /file\.yaml:1:1: /],
  ])('with %s is refused', async (_, source, message) => {
    await expect(read(source)).rejects.toMatchObject({ code: 'suite', message: expect.stringMatching(message) });
  });
});

describe('an unknown key', () => {
  const inner = z.strictObject({ cost: z.number().optional(), rows: z.number().optional() });
  const schema = z.strictObject({
    name: z.string().optional(),
    list: z.array(inner.refine(() => true)).exactOptional(),
    byName: z.record(z.string(), inner).optional(),
    made: z.preprocess((value) => value, inner).optional(),
  });
  const keys = 'Keys here: cost, rows.';

  test.each([
    ['nmae: x', '1:1: unknown key "nmae"', 'Did you mean name? Keys here: byName, list, made, name.'],
    ['list:\n  - rows: 1\n  - csot: 1', '3:5: unknown key "csot" at list.1.csot', `Did you mean cost? ${keys}`],
    ['byName: { a: { row: 1 } }', '1:16: unknown key "row" at byName.a.row', `Did you mean rows? ${keys}`],
    ['made: { other: 1 }', '1:9: unknown key "other" at made.other', keys],
    [
      'made: { rwos: 1, csot: 1 }',
      '1:9: unknown key "rwos" at made.rwos',
      `Did you mean rows? ${keys} 1 more in this file.`,
    ],
  ])('in %s is answered by what may stand there', async (source, message, hint) => {
    const error: RegressError = await read(source, schema).then(
      () => Promise.reject(new Error('taken')),
      (thrown) => thrown,
    );
    expect(error.message).toMatch(new RegExp(`${message.replaceAll('.', '\\.')}$`));
    expect(error.hint).toBe(hint);
  });
});

describe('the line of a mistake', () => {
  const shown = (line: string, column: number) => {
    const error: RegressError = sourceError('suite', 'f', `first\n${line}\n`, { line: 2, column }, 'wrong');
    return error.detail?.split('\n').slice(1) ?? [];
  };

  test('has a caret below its column, also behind tabs', () => {
    expect(shown('\tsql: x', 7)).toEqual(['    \tsql: x', '    \t     ^']);
  });

  test.each([1, 5000, 10_000])('is cut around column %i when it is long', (column) => {
    const line = Array.from({ length: 1000 }, (_, n) => String(n).padStart(10, '.')).join('');
    const [text = '', caret = ''] = shown(line, column);
    expect(text.length).toBeLessThan(170);
    expect(text[caret.indexOf('^')]).toBe(line[column - 1]);
  });
});
