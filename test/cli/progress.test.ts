import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { clearProgress, createProgress } from '../../src/cli/terminal/progress.ts';

function recorded(options: { quiet: boolean; terminal: boolean; columns?: () => number }) {
  const written: string[] = [];
  const progress = createProgress({ ...options, write: (text) => written.push(text) });
  return { progress, text: () => written.join('') };
}

/** What stays on a terminal: a carriage return with an erased line takes back what is before it in the line. */
const visible = (text: string) => text.split('\n').map((line) => line.replace(/.*\r\x1b\[K/s, ''));

describe('progress', () => {
  test('leaves the same lines on a terminal as in a log', () => {
    const lines = [true, false].map((terminal) => {
      const { progress, text } = recorded({ quiet: false, terminal });
      progress.start('restore', 2);
      progress.advance();
      progress.warn('the target lacks an index');
      progress.advance();
      progress.done();
      return visible(text()).map((line) => line.replace(/\d+\.\d s/, '… s'));
    });
    expect(lines[0]).toEqual(['regress: warning: the target lacks an index', 'restore: 2 (… s)', '']);
    expect(lines[1]).toEqual(lines[0]);
  });

  test('draws how far a step is, within 80 columns', () => {
    const { progress, text } = recorded({ quiet: false, terminal: true });
    progress.start('reading statistics', 100_000);
    expect(text()).toMatch(/reading statistics ┄+ 0\/100000$/);
    expect(visible(text())[0]?.length).toBeLessThan(80);
  });

  test.each([120, 80, 60, 40, 20])('keeps to one line of %i columns', (columns) => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { progress, text } = recorded({ quiet: false, terminal: true, columns: () => columns });
    progress.start('reading statistics of relations', 10_000);
    vi.advanceTimersByTime(2000);
    progress.advance(5000);
    const last = visible(text()).at(-1) ?? '';
    expect(last.length).toBeLessThan(columns);
    expect('reading statistics of relations'.startsWith(last.slice(0, 19))).toBe(true);
    expect(last.endsWith(', 2500/s, 2 s left')).toBe(columns >= 80);
    if (columns >= 60) expect(last).toContain(' 5000/10000');
    if (columns >= 80) expect(last).toMatch(/━+┄+ /);
  });

  test('tells the rate and the time that is left, once a second went by', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { progress, text } = recorded({ quiet: false, terminal: true });
    const last = () =>
      visible(text())
        .at(-1)
        ?.replace(/^.*[━┄] /, '');
    progress.start('reading statistics', 100_000);
    vi.advanceTimersByTime(900);
    progress.advance(450);
    expect(last()).toBe('450/100000');
    vi.advanceTimersByTime(100);
    progress.advance(50);
    expect(last()).toBe('500/100000, 500/s, 4 min left');
    expect(visible(text()).at(-1)?.length).toBeLessThan(80);
    vi.advanceTimersByTime(9000);
    progress.advance(99_400);
    expect(last()).toBe('99900/100000, 9990/s, 1 s left');
    progress.advance(100);
    vi.advanceTimersByTime(100);
    progress.advance(0);
    expect(last()).toBe('100000/100000');
  });

  test('draws nothing for a step of unknown length, whose commands write themselves', () => {
    const { progress, text } = recorded({ quiet: false, terminal: true });
    progress.start('prepare', 0);
    progress.advance();
    expect(text()).toBe('');
  });

  test.each([true, false])('says what goes on once it has lasted a second, on a terminal: %s', async (terminal) => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { progress, text } = recorded({ quiet: false, terminal });
    const lasting = (ms: number) => () => new Promise<number>((resolve) => setTimeout(() => resolve(ms), ms));
    const short = progress.during('connecting', lasting(999));
    await vi.runAllTimersAsync();
    expect(await short).toBe(999);
    expect(text()).toBe('');
    const long = progress.during('starting a server', lasting(60_000));
    await vi.runAllTimersAsync();
    expect(await long).toBe(60_000);
    expect(text()).toBe('starting a server …\n');
    await expect(progress.during('failing', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await vi.runAllTimersAsync();
    expect(text()).toBe('starting a server …\n');
  });

  test('takes an unfinished bar away before an error, once', () => {
    const { progress, text } = recorded({ quiet: false, terminal: true });
    progress.start('explain', 10);
    clearProgress();
    expect(visible(text())).toEqual(['']);
    const before = text();
    clearProgress();
    expect(text()).toBe(before);
  });

  test('says nothing but warnings with quiet', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { progress, text } = recorded({ quiet: true, terminal: true });
    const long = progress.during('long', () => new Promise((resolve) => setTimeout(resolve, 2000)));
    await vi.runAllTimersAsync();
    await long;
    progress.start('explain', 10);
    progress.advance();
    progress.warn('no');
    progress.done();
    expect(text()).toBe('regress: warning: no\n');
  });
});
