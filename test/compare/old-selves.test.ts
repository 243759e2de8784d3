import { expect, it } from 'vitest';
import { matchQueries, type QueryIdentity } from '../../src/compare/index.ts';

/** `suite/query/case digest shape`, the case `-` for none. */
function identity(text: string): QueryIdentity {
  const [name = '', digest = '', shape = digest] = text.split(' ');
  const [suite = '', query = '', caseName = '-'] = name.split('/');
  return { suite, query, case: caseName === '-' ? null : caseName, digest, shape };
}

it.each<[string, string[], string[], Record<string, string>]>([
  ['the same name, though edited', ['a/q/- 1'], ['a/q/- 2'], { 'a/q/- 2': 'a/q/- 1' }],
  [
    'the name before what is asked',
    ['a/p/- 1', 'a/q/- 2'],
    ['a/q/- 1', 'a/p/- 2'],
    { 'a/q/- 1': 'a/q/- 2', 'a/p/- 2': 'a/p/- 1' },
  ],
  ['another name that asks the same', ['a/q/- 1'], ['b/r/- 1'], { 'b/r/- 1': 'a/q/- 1' }],
  ['the same name in another suite, edited', ['a/q/- 1'], ['b/q/- 2'], { 'b/q/- 2': 'a/q/- 1' }],
  ['no guess between two suites', ['a/q/- 1', 'b/q/- 3'], ['c/q/- 2'], {}],
  ['the only case, renamed and edited', ['a/q/small 1'], ['a/q/big 2'], { 'a/q/big 2': 'a/q/small 1' }],
  [
    'cases by what they ask',
    ['a/q/x 1', 'a/q/y 2'],
    ['a/q/v 2', 'a/q/w 1'],
    { 'a/q/v 2': 'a/q/y 2', 'a/q/w 1': 'a/q/x 1' },
  ],
  ['the shape, where nothing else is the same', ['a/q/- 1 S'], ['b/r/- 2 S'], { 'b/r/- 2 S': 'a/q/- 1 S' }],
  ['no shape that two have', ['a/q/- 1 S', 'a/p/- 3 S'], ['b/r/- 2 S'], {}],
  ['nothing twice', ['a/q/- 1'], ['a/q/- 1', 'a/r/- 1'], { 'a/q/- 1': 'a/q/- 1' }],
])('finds %s', (_, before, after, expected) => {
  const [old, now] = [before.map(identity), after.map(identity)];
  const matches = matchQueries(old, now);
  const found = Object.fromEntries(
    [...matches].map(([one, other]) => [after[now.indexOf(one)], before[old.indexOf(other)]]),
  );
  expect(found).toEqual(expected);
});
