import { onExit } from '../../cleanup/index.ts';
import { loadConfig } from '../../config/index.ts';
import { RegressError } from '../../model/errors.ts';
import { grantsSql, ownerGrantsSql, readAccess } from '../../source/index.ts';
import { connectToSource } from '../connect-source.ts';
import type { Context, GlobalOptions } from '../terminal/context.ts';
import { type InitAnswers, initProject } from './project.ts';

interface InitOptions extends InitAnswers {
  readonly grants?: boolean;
  readonly owner?: boolean;
}

/** `regress init`: writes a project's first files, or with --grants prints the SQL for a reader. Resolves to the exit status. */
export async function init(options: InitOptions, globals: GlobalOptions, context: Context): Promise<number> {
  if (options.grants) return printGrants(options, globals, context);
  if (options.owner) {
    throw new RegressError('usage', '--owner needs --grants', { hint: 'npx regress-pg init --grants --owner' });
  }
  return initProject(options, globals, context);
}

async function printGrants(options: InitOptions, globals: GlobalOptions, context: Context): Promise<number> {
  if (options.owner) {
    context.print(ownerGrantsSql(options.role));
    return 0;
  }
  const config = await loadConfig(globals.config, context.env, globals.project);
  const source = options.source || config.source.url || context.env.REGRESS_SOURCE_URL || null;
  context.print(grantsSql(options.role, source === null ? null : await pageinspectSchema(source, context)));
  return 0;
}

/** The schema of pageinspect on the source; null if it is not installed. */
async function pageinspectSchema(source: string, context: Context): Promise<string | null> {
  const connection = await connectToSource(source, context);
  const close = onExit(connection.close);
  try {
    return (await readAccess(connection)).metapages.pageinspect;
  } finally {
    await close();
  }
}
