import type { Diagnosis, Level } from '../../model/target/diagnosis.ts';
import { counted } from '../../model/text/wording.ts';
import { jsonText } from '../formats/json-text.ts';
import { createPaint, type Paint, type Style } from '../text/paint.ts';
import { visibleCopy, visibleLines } from '../text/visible-text.ts';

const STYLES: Readonly<Record<Level, Style>> = { ok: 'good', note: 'dim', warn: 'warn', fail: 'bad' };

/** The diagnoses of doctor for people: by subject, each with the command that fixes it, then a summary. */
export function doctorText(diagnoses: readonly Diagnosis[], options: { readonly color: boolean }): string {
  const paint = createPaint(options.color);
  const shown = diagnoses.map(visibleDiagnosis);
  const subjects = [...new Set(shown.map(({ subject }) => subject))];
  const sections = subjects.map((subject) => [
    paint('strong', subject),
    ...shown.filter((each) => each.subject === subject).flatMap((each) => lines(each, paint)),
  ]);
  return `${[...sections, [summary(shown, paint)]].map((section) => section.join('\n')).join('\n\n')}\n`;
}

function lines({ level, message, detail, hint }: Diagnosis, paint: Paint): string[] {
  const indent = ' '.repeat(8);
  return [
    `  ${paint(STYLES[level], level.padEnd(4))}  ${message}`,
    ...(detail === undefined ? [] : detail.split('\n').map((line) => paint('dim', `${indent}${line}`))),
    ...(hint === undefined ? [] : hintLines(hint, paint).map((line) => `${indent}${line}`)),
  ];
}

/** Escapes control characters, but keeps the lines of a hint: SQL to copy has one statement on each line. */
function visibleDiagnosis(diagnosis: Diagnosis): Diagnosis {
  const { hint } = diagnosis;
  return { ...visibleCopy(diagnosis), ...(hint !== undefined && { hint: visibleLines(hint) }) };
}

/** A hint of one line follows the word `hint:`, several lines go below it. */
function hintLines(hint: string, paint: Paint): string[] {
  const word = paint('strong', 'hint:');
  const lines = hint.split('\n');
  return lines.length === 1 ? [`${word} ${hint}`] : [word, ...lines.map((line) => `  ${line}`)];
}

function summary(diagnoses: readonly Diagnosis[], paint: Paint): string {
  const count = (level: Level) => diagnoses.filter((each) => each.level === level).length;
  const [fails, warnings, notes] = [count('fail'), count('warn'), count('note')];
  if (fails > 0)
    return paint('bad', `regress cannot work before ${counted(fails, 'problem')} ${fails === 1 ? 'is' : 'are'} fixed`);
  if (warnings > 0)
    return paint(
      'warn',
      `regress works; ${counted(warnings, 'issue')} ${warnings === 1 ? 'keeps' : 'keep'} plans from being exact`,
    );
  if (notes > 0)
    return paint('good', 'everything that could be checked works, and nothing keeps plans from being exact');
  return paint('good', 'regress works, and nothing keeps plans from being exact');
}

/** The diagnoses of doctor for programs. */
export function doctorJson(diagnoses: readonly Diagnosis[]): string {
  const count = (level: Level) => diagnoses.filter((each) => each.level === level).length;
  return jsonText({
    summary: { ok: count('ok'), note: count('note'), warn: count('warn'), fail: count('fail') },
    diagnoses: diagnoses.map(({ subject, level, message, detail, hint }) => ({
      subject,
      level,
      message,
      detail,
      hint,
    })),
  });
}
