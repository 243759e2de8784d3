import { expect, it } from 'vitest';
import { requireAvailable } from '../../src/restore/extension.ts';

it('accepts a server that offers the version among others', () => {
  expect(() => requireAvailable(['0.0.9', '0.1'])).not.toThrow();
});

it.each([
  { available: [], there: 'the server has none' },
  { available: ['0.2', '1.0'], there: 'the server has version 0.2, 1.0' },
])('names both versions when there is $available', ({ available, there }) => {
  expect(() => requireAvailable(available)).toThrow(
    expect.objectContaining({
      code: 'environment',
      message: expect.stringContaining('regress_planner 0.1'),
      detail: expect.stringContaining(there),
      hint: expect.stringContaining('make -C extension install'),
    }),
  );
});
