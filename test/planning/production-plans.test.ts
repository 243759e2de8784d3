import { describe, expect, it } from 'vitest';
import type { Planned } from '../../src/planning/index.ts';
import { reproductionOf } from '../../src/planning/index.ts';
import { indexScan, seqScan } from '../support/plan-builders.ts';

describe('reproductionOf', () => {
  const compared = (target: ReturnType<typeof seqScan>, changed?: readonly string[]) =>
    reproductionOf({
      outcome: { plan: target },
      production: { plan: seqScan('orders'), ...(changed && { changed }) },
    } as unknown as Planned);

  it.each([
    [seqScan('orders'), 'identical'],
    [seqScan('orders', { totalCost: 101 }), 'same plan'],
    [indexScan('orders', 'orders_pkey'), 'different'],
  ])('compares with production’s plan', (target, verdict) => {
    expect(compared(target)).toBe(verdict);
  });

  it('holds a plan of statistics that changed meanwhile against nobody', () => {
    expect(compared(seqScan('orders'), ['"public"."orders"'])).toBe('identical');
    expect(compared(seqScan('orders', { totalCost: 101 }), ['"public"."orders"'])).toBeNull();
    expect(compared(indexScan('orders', 'orders_pkey'), ['"public"."orders"'])).toBeNull();
  });
});
