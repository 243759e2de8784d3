import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadConfig } from '../config/index.ts';
import { RegressError } from '../model/errors.ts';
import { majorOf } from '../model/manifest.ts';
import { openSnapshot } from '../snapshot/index.ts';
import {
  buildExtension,
  chooseHeaders,
  dockerfileFor,
  findInstallations,
  type Installation,
  installExtension,
} from '../target/index.ts';
import type { Context, GlobalOptions } from './terminal/context.ts';

interface BuildOptions {
  readonly pgConfig?: string;
  readonly postgres?: number;
}

interface InstallOptions extends BuildOptions {
  readonly destdir?: string;
}

/** `regress extension build`: builds the library and prints its path. Resolves to the exit status. */
export async function build(options: BuildOptions, context: Context): Promise<number> {
  const installation = await installationFor(options);
  context.say(`building for PostgreSQL ${installation.version}, ${installation.pgConfig}`);
  context.print(`${await buildExtension(installation)}\n`);
  return 0;
}

/** `regress extension install`: installs the library and prints the folders. Resolves to the exit status. */
export async function install(options: InstallOptions, context: Context): Promise<number> {
  const installation = await installationFor(options);
  context.say(`installing for PostgreSQL ${installation.version}, ${installation.pgConfig}`);
  const folders = await installExtension(installation, options.destdir && resolve(options.destdir));
  context.print(folders.map((folder) => `${folder}\n`).join(''));
  return 0;
}

/** `regress extension dockerfile`: prints a Dockerfile for one major version. Resolves to the exit status. */
export async function dockerfile(
  options: { readonly postgres?: number },
  globals: GlobalOptions,
  context: Context,
): Promise<number> {
  context.print(await dockerfileFor(options.postgres ?? (await majorOfSnapshot(globals, context))));
  return 0;
}

async function installationFor({ pgConfig, postgres }: BuildOptions): Promise<Installation> {
  const installations = await findInstallations(pgConfig === undefined ? {} : { pgConfig });
  return chooseHeaders(installations, { major: postgres });
}

async function majorOfSnapshot(globals: GlobalOptions, context: Context): Promise<number> {
  const { snapshot } = await loadConfig(globals.config, context.env, globals.project);
  if (existsSync(snapshot)) return majorOf((await openSnapshot(snapshot)).manifest);
  throw new RegressError('usage', 'no major version of PostgreSQL is given', {
    detail: `Use production's major version; there is no snapshot ${snapshot} to read it from.`,
    hint: 'npx regress-pg extension dockerfile --postgres 17',
  });
}
