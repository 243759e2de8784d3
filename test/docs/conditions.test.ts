import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('the table of conditions has each code, and no other', () => {
  const type = /type ConditionCode =([^;]+);/.exec(read('src/model/target/condition.ts'))?.[1] ?? '';
  const codes = [...type.matchAll(/'([a-z-]+)'/g)].map(([, code]) => code);
  const section = /## Conditions\n([\s\S]+?)\n## /.exec(read('docs/exactness.md'))?.[1] ?? '';
  const documented = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(5);
  expect(documented).toEqual(codes);
});
