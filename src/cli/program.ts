import { Command, CommanderError } from 'commander';
import { packageVersion } from '../about/index.ts';
import { declareExtension } from './command-of-extension.ts';
import {
  declareCapture,
  declareCheck,
  declareNoise,
  declareReport,
  declareRestore,
  declareUpdate,
} from './commands-of-plans.ts';
import { declareDoctor, declareImport, declareInit, declareSnapshot, declareVerify } from './commands-of-source.ts';
import { example } from './terminal/declaring.ts';

/** The command line. `run` resolves to the exit status: 0 clean, 1 regressions, 2 could not do its work. */
export function createProgram(): { run(argv: readonly string[]): Promise<number> } {
  let status = 0;
  const program = new Command('regress')
    .description(
      'Makes an empty CI database plan exactly as production does, and fails the build when a plan gets worse.',
    )
    .version(packageVersion())
    .option('--config <file>', 'configuration file (default: the nearest regress.yaml)')
    .option('--project <name>', 'project of a regress.yaml that has several (check: all)')
    .option('--color', 'colour even where stdout is no terminal')
    .option('--no-color', 'no colour')
    .option('--quiet', 'only results, warnings and errors')
    .option('--verbose', 'also plans that are as accepted')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(regress --help lists commands and options)')
    .addHelpText('after', example('regress check', 'regress help check'))
    .exitOverride();
  const ends = (code: number) => {
    status = code;
  };
  declareInit(program, ends);
  declareSnapshot(program, ends);
  declareRestore(program, ends);
  declareCheck(program, ends);
  declareReport(program, ends);
  declareUpdate(program, ends);
  declareNoise(program, ends);
  declareVerify(program, ends);
  declareDoctor(program, ends);
  declareImport(program, ends);
  declareCapture(program, ends);
  declareExtension(program, ends);
  for (const command of program.commands) namesOwnHelp(command, program.name());
  return {
    run: async (argv) => {
      try {
        await program.parseAsync(withoutIdleHelp(program, argv));
        return status;
      } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        return error.exitCode === 0 ? 0 : 2;
      }
    },
  };
}

/** A slip in an option of a command is cured by the help of that command. */
function namesOwnHelp(command: Command, above: string): void {
  const name = `${above} ${command.name()}`;
  command.showHelpAfterError(`(${name} --help lists its ${command.commands.length > 0 ? 'commands' : 'options'})`);
  for (const below of command.commands) namesOwnHelp(below, name);
}

/** Help of a command that does not exist would be the general help, as if all were well; without the wish for it, the command is an error. */
function withoutIdleHelp(program: Command, argv: readonly string[]): string[] {
  const [interpreter = '', script = '', ...words] = argv;
  const { operands } = program.parseOptions(words);
  const name = operands[0] === 'help' ? operands[1] : operands[0];
  const isCommand = name === undefined || name === 'help' || program.commands.some((each) => each.name() === name);
  return isCommand ? [...argv] : [interpreter, script, name];
}
