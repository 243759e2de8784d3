import { Command, CommanderError } from 'commander';
import { packageVersion } from '../about/index.ts';
import { declareExtension } from './command-of-extension.ts';
import { declareDoctor, declareImport, declareInit, declareSnapshot, declareVerify } from './commands-of-source.ts';
import {
  declareCapture,
  declareCheck,
  declareNoise,
  declareReport,
  declareRestore,
  declareUpdate,
} from './commands-of-target.ts';
import { example } from './terminal/declaring.ts';

/** The command line. `run` resolves to the exit status: 0 for success, 1 for regressions, 2 for an error. */
export function createProgram(): { run(argv: readonly string[]): Promise<number> } {
  let status = 0;
  const program = new Command('regress')
    .description(
      'Makes an empty CI database plan exactly as production does, and fails the build when a plan gets worse.',
    )
    .version(packageVersion())
    .option('--config <file>', 'configuration file (default: the nearest regress.yaml)')
    .option('--project <name>', 'project to use if regress.yaml has several (default for check: all)')
    .option('--color', 'use colour even if stdout is not a terminal')
    .option('--no-color', 'do not use colour')
    .option('--quiet', 'print only results, warnings and errors')
    .option('--verbose', 'also print plans that match their baseline')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(npx regress-pg --help lists commands and options)')
    .addHelpText('after', example('regress check', 'regress help check'))
    .exitOverride();
  const setStatus = (code: number) => {
    status = code;
  };
  declareInit(program, setStatus);
  declareSnapshot(program, setStatus);
  declareRestore(program, setStatus);
  declareCheck(program, setStatus);
  declareReport(program, setStatus);
  declareUpdate(program, setStatus);
  declareNoise(program, setStatus);
  declareVerify(program, setStatus);
  declareDoctor(program, setStatus);
  declareImport(program, setStatus);
  declareCapture(program, setStatus);
  declareExtension(program, setStatus);
  for (const command of program.commands) pointToOwnHelp(command, 'npx regress-pg');
  return {
    run: async (argv) => {
      try {
        await program.parseAsync(withoutHelpOfUnknown(program, argv));
        return status;
      } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        return error.exitCode === 0 ? 0 : 2;
      }
    },
  };
}

/** After a wrong option, names the --help of the same command. */
function pointToOwnHelp(command: Command, above: string): void {
  const name = `${above} ${command.name()}`;
  command.showHelpAfterError(`(${name} --help lists its ${command.commands.length > 0 ? 'commands' : 'options'})`);
  for (const below of command.commands) pointToOwnHelp(below, name);
}

/** commander answers --help of an unknown command with the general help and status 0. Without --help the command is an error. */
function withoutHelpOfUnknown(program: Command, argv: readonly string[]): string[] {
  const [interpreter = '', script = '', ...words] = argv;
  const { operands } = program.parseOptions(words);
  const name = operands[0] === 'help' ? operands[1] : operands[0];
  const isCommand = name === undefined || name === 'help' || program.commands.some((each) => each.name() === name);
  return isCommand ? [...argv] : [interpreter, script, name];
}
