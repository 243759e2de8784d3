import { expect, test } from 'vitest';
import type { Diagnosis, Level } from '../../src/model/target/diagnosis.ts';
import { doctorJson, doctorText } from '../../src/report/index.ts';

const of = (level: Level, message: string, more: Partial<Diagnosis> = {}): Diagnosis => ({
  subject: 'source',
  level,
  message,
  ...more,
});

test('findings stand by subject, each with the command that mends it', () => {
  const diagnoses = [
    of('ok', 'connected'),
    of('warn', 'one thing', { detail: 'Why.\nAnd why.', hint: 'GRANT a TO b' }),
    { ...of('fail', 'another\u001b[31m'), subject: 'target' as const, hint: 'CREATE SCHEMA s;\nGRANT x;' },
  ];
  expect(doctorText(diagnoses, { color: false })).toMatchInlineSnapshot(`
    "source
      ok    connected
      warn  one thing
            Why.
            And why.
            hint: GRANT a TO b

    target
      fail  another\\x1b[31m
            hint:
              CREATE SCHEMA s;
              GRANT x;

    regress cannot work before 1 problem is fixed
    "
  `);
  expect(JSON.parse(doctorJson(diagnoses)).summary).toEqual({ ok: 1, note: 0, warn: 1, fail: 1 });
});

test.for<[Level[], string]>([
  [['ok'], 'regress works, and nothing keeps plans from being exact'],
  [['ok', 'note'], 'everything that could be checked works, and nothing keeps plans from being exact'],
  [['warn', 'note', 'warn'], 'regress works; 2 issues keep plans from being exact'],
  [['warn', 'fail'], 'regress cannot work before 1 problem is fixed'],
])('%j is summed up as: %s', ([levels, summary]) => {
  const text = doctorText(
    levels.map((level) => of(level, 'x')),
    { color: false },
  );
  expect(text.trimEnd().split('\n').at(-1)).toBe(summary);
});
