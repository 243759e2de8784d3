import { expect, it } from 'vitest';
import { refusedStatistics } from '../../src/planning/session/refused-statistics.ts';

it('gathers by relation what no server can have written, and leaves out what only this one does not take', () => {
  const origin = { file: 'snapshots/s/relations/public/orders.json', schemaname: 'public', relname: 'orders' };
  const of = (object: string, message: string) => ({ object, what: 'histogram', message });
  expect(
    refusedStatistics([
      { ...of('public.orders.id', 'stavalues holds NULL'), origin },
      of('public.people.mood', 'invalid input value for enum'),
      { ...of('public.orders_x column 1', 'it has no operator'), origin: { ...origin, file: undefined } },
    ]),
  ).toEqual([
    {
      kind: 'relation',
      schemaname: 'public',
      name: 'orders',
      description: 'public.orders',
      refused:
        'public.orders.id: histogram: stavalues holds NULL (snapshots/s/relations/public/orders.json).\n' +
        'public.orders_x column 1: histogram: it has no operator.',
    },
  ]);
});
