import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { hold, inTurns } from '../../src/vitest/hold.ts';

describe('hold', () => {
  const opened = (log: string[]) => async (work: (value: string) => Promise<void>) => {
    log.push('open');
    await work('it');
    log.push('closed');
  };

  test('keeps open what is given to a piece of work, until it is closed', async () => {
    const log: string[] = [];
    const held = await hold(opened(log));
    expect(held.value).toBe('it');
    expect(log).toEqual(['open']);
    await held.close();
    expect(log).toEqual(['open', 'closed']);
    await held.close();
    expect(log).toEqual(['open', 'closed']);
  });

  test('what cannot be opened is said to who opens it, what cannot be closed to who closes it', async () => {
    await expect(hold(async () => Promise.reject(new Error('no server')))).rejects.toThrow('no server');
    const held = await hold<string>(async (work) => {
      await work('it');
      throw new Error('still in use');
    });
    await expect(held.close()).rejects.toThrow('still in use');
  });
});

test('inTurns: one after the other, also after one that fails', async () => {
  const inTurn = inTurns();
  const log: string[] = [];
  const work = (name: string, fails = false) =>
    inTurn(async () => {
      log.push(`${name} begins`);
      await sleep(5);
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const outcomes = await Promise.allSettled([work('a'), work('b', true), work('c')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});
