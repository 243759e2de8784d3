import { expect, it } from 'vitest';
import { STATE_PARTS } from '../../src/restore/target-state/state-parts.ts';

it('gives each part of the state a name of its own, by which changes are looked up', () => {
  const names = STATE_PARTS.map(({ part }) => part);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});
