import { InvalidArgumentError, Option } from 'commander';
import type { ReporterName } from '../../report/index.ts';

/** The names only, so that --help does not load the reporters. */
const NAMES: Readonly<Record<ReporterName, true>> = {
  console: true,
  json: true,
  junit: true,
  github: true,
  markdown: true,
  sarif: true,
  tap: true,
  html: true,
};

/** Reporters that may share stdout: people read the first, GitHub's runner reads the second. */
const TOGETHER = ['console', 'github'];

/** A reporter and the file for its text; null means stdout. */
export interface ReporterChoice {
  readonly name: ReporterName;
  readonly file: string | null;
}

/** `--reporter NAME[=FILE]`, which may be repeated. */
export function reporterOption(): Option {
  const names = Object.keys(NAMES);
  return new Option('--reporter <name[=file]>', `${listed(names, 'or')}, to stdout or a file; may be repeated`)
    .argParser(collect)
    .default([], 'console, and github on GitHub Actions');
}

/** Adds one value of the option to the earlier ones. Throws InvalidArgumentError for a bad name or two texts on stdout. */
function collect(value: string, previous: readonly ReporterChoice[]): ReporterChoice[] {
  const [name = '', ...rest] = value.split('=');
  const file = rest.length === 0 ? null : rest.join('=');
  if (!isName(name)) throw new InvalidArgumentError(`The reporters are ${listed(Object.keys(NAMES), 'and')}.`);
  if (file === '') throw new InvalidArgumentError(`Name a file after ${name}=.`);
  const stdout = [...previous, { name, file }].filter((choice) => choice.file === null);
  const differ = stdout.length < 2 || new Set(stdout.map((choice) => choice.name)).size === stdout.length;
  if (stdout.length > 1 && !(differ && stdout.every((choice) => TOGETHER.includes(choice.name)))) {
    throw new InvalidArgumentError('Only console and github can share stdout; name a file for the others.');
  }
  return [...previous, { name, file }];
}

function isName(name: string): name is ReporterName {
  return Object.hasOwn(NAMES, name);
}

function listed(names: readonly string[], word: string): string {
  return `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;
}
