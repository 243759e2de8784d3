import { InvalidArgumentError, Option } from 'commander';
import type { ReporterName } from '../../report/index.ts';

/** By name, so that --help loads no reporter. */
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

/** Whose texts may follow one another on stdout: people read the one and the runner of GitHub the other. */
const TOGETHER = ['console', 'github'];

/** A reporter and where its text goes; null: to stdout. */
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

/** Reporters with their files, checked while the command line is. */
function collect(value: string, previous: readonly ReporterChoice[]): ReporterChoice[] {
  const [name = '', ...rest] = value.split('=');
  const file = rest.length === 0 ? null : rest.join('=');
  if (!isName(name)) throw new InvalidArgumentError(`reporters are ${listed(Object.keys(NAMES), 'and')}`);
  if (file === '') throw new InvalidArgumentError(`a file is to be named behind ${name}=`);
  const stdout = [...previous, { name, file }].filter((choice) => choice.file === null);
  const alone = stdout.length < 2 || new Set(stdout.map((choice) => choice.name)).size === stdout.length;
  if (stdout.length > 1 && !(alone && stdout.every((choice) => TOGETHER.includes(choice.name)))) {
    throw new InvalidArgumentError('only console and github can share stdout; name a file for the others');
  }
  return [...previous, { name, file }];
}

function isName(name: string): name is ReporterName {
  return Object.hasOwn(NAMES, name);
}

function listed(names: readonly string[], word: string): string {
  return `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;
}
