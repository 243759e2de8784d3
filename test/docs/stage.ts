import { cp, mkdir, rm, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { countingServer } from '../support/counting-server.ts';
import { testInstallations } from '../support/installations.ts';
import { commandLine, emptyProject, exampleProject, type Project } from '../support/project.ts';
import { makeRepository } from '../support/repository.ts';
import type { TestServer } from '../support/servers.ts';
import { FILL, PACKAGE, SCHEMA, SUITES, WORKLOAD } from './shop.ts';

/** Where the commands of a page run. */
export interface Stage {
  readonly project: Project;
  /** Runs a script with bash; `all` is what a terminal would show. */
  run(script: string): Promise<{ readonly status: number | undefined; readonly all: string }>;
  /** Servers' addresses as the pages write them. */
  asWritten(text: string): string;
}

/** The database that pages call production, and the one a target is. */
const PRODUCTION = 'shop';
const TARGET = 'ci';

const STAGES = ['shop', 'example', 'empty'];

export interface Server {
  readonly server: TestServer;
  readonly socketFolder: string;
}

/** The server of every host in the docs: production is its database `shop`, filled; `ci` has the schema alone. */
export async function startShopServer(major: number): Promise<Server> {
  const server = await countingServer(major);
  const url = new URL(server.url(PRODUCTION).replace('@/', '@socket/'));
  await server.psql('postgres', 'CREATE ROLE reader LOGIN; CREATE ROLE shop_app LOGIN');
  await server.createDatabase('shop_filled');
  await server.psql('shop_filled', `CREATE EXTENSION pg_stat_statements; ${SCHEMA} ${FILL}`);
  const folder = await emptyProject();
  const grants = await folder.regress(['init', '--grants', '--role', 'reader', '--source', server.url('shop_filled')]);
  await server.psql('shop_filled', grants.stdout);
  return { server, socketFolder: url.searchParams.get('host') as string };
}

/** Makes both databases anew, as an earlier scene may have left them changed. */
async function freshDatabases({ server }: Server): Promise<void> {
  for (const name of [PRODUCTION, TARGET])
    await server.psql('postgres', `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await server.psql('postgres', `CREATE DATABASE ${PRODUCTION} TEMPLATE shop_filled`);
  await server.psql('postgres', `CREATE DATABASE ${TARGET} TEMPLATE template0`);
  await server.psql(TARGET, SCHEMA);
  await server.psql(
    'postgres',
    `DROP ROLE IF EXISTS plan_reader, regress_reader;
     GRANT pg_read_all_data, pg_read_all_stats, pg_read_all_settings TO reader`,
  );
}

/** `shop`: a small shop with its production; `example`: a copy of the worked example, both git repositories with all accepted; `empty`: an empty folder. */
export async function openStage(name: string, server: Server): Promise<Stage> {
  if (!STAGES.includes(name)) throw new Error(`no stage is called "${name}": ${STAGES.join(', ')}`);
  await freshDatabases(server);
  const project = await (name === 'shop'
    ? acceptedShop(server)
    : name === 'example'
      ? exampleProject()
      : emptyProject());
  return onStage(
    project,
    server,
    name === 'shop' ? `psql -d ${PRODUCTION} -qo /dev/null <<'END'\n${WORKLOAD}END\n` : ':',
  );
}

/** The shop as it was after its snapshot was taken and its plans were accepted, which is done once. */
async function acceptedShop(server: Server): Promise<Project> {
  shop ??= (async () => {
    const stage = await onStage(await shopProject(), server, 'regress snapshot --plans && regress update --all');
    for (const part of ['.git', '.bin', 'node_modules']) await rm(stage.project.path(part), { recursive: true });
    return stage.project;
  })();
  const [made, project] = [await shop, await emptyProject()];
  await cp(made.folder, project.folder, { recursive: true });
  return project;
}

let shop: Promise<Project> | undefined;

/** The pages' commands in a project, everything committed after a script has run. */
async function onStage(project: Project, server: Server, script: string): Promise<Stage> {
  const bin = await shims(project, server);
  const env = environment(bin, server);
  const run = async (script: string) => {
    const options = { cwd: project.folder, env, all: true, reject: false, stdin: 'ignore', timeout: 120_000 } as const;
    const { exitCode, all } = await execa('bash', ['-c', script], options);
    return { status: exitCode, all };
  };
  const made = await run(`set -e\n${script}`);
  if (made.status !== 0) throw new Error(made.all);
  await project.write('.gitignore', 'node_modules\n.bin\n');
  const { git } = await makeRepository(project);
  for (const branch of ['main', 'release']) await git('update-ref', `refs/remotes/origin/${branch}`, 'HEAD');
  await git('checkout', '--quiet', '-b', 'work');
  const { socketFolder } = server;
  return {
    project,
    run,
    asWritten: (text) =>
      text
        .replaceAll(
          new RegExp(`postgresql://([^@/ ]*)@/(\\w*)\\?host=${encodeURIComponent(socketFolder)}&port=5432`, 'g'),
          (_, user: string, database: string) =>
            `postgresql://${user}@${database === TARGET ? 'localhost' : 'replica'}/${database}`,
        )
        .replaceAll(`${project.folder}/`, ''),
  };
}

async function shopProject(): Promise<Project> {
  const project = await emptyProject();
  for (const folder of ['suites', 'db', 'snapshots']) await mkdir(project.path(folder));
  await project.write('db/schema.sql', SCHEMA);
  await project.write('package.json', PACKAGE);
  await project.write(
    'regress.yaml',
    `source: { url: "\${env:REGRESS_SOURCE_URL}" }
target:
  url: "\${env:REGRESS_TARGET_URL}"
  prepare:
    - sql: db/schema.sql
snapshot: snapshots/production
suites: suites
`,
  );
  for (const [file, text] of Object.entries(SUITES)) await project.write(`suites/${file}`, text);
  return project;
}

/** The pages' hosts are the socket of the server; paths of other majors are where they are on this machine. */
async function shims(project: Project, { socketFolder }: Server): Promise<string> {
  const bin = project.path('.bin');
  await mkdir(bin);
  await mkdir(project.path('node_modules/.bin'), { recursive: true });
  const host = encodeURIComponent(socketFolder);
  const majors = (await testInstallations()).map(
    ({ major, pgConfig }) => `-e 's#^/usr/lib/postgresql/${major}/bin/pg_config$#${pgConfig}#'`,
  );
  const hosts = `-e 's#postgres(ql)?://([^@/]*)@(production|replica|localhost)(:[0-9]+)?/([a-z_]*)#postgresql://\\2@/\\5?host=${host}\\&port=5432#'`;
  const rewrite = `for arg; do shift; set -- "$@" "$(printf %s "$arg" | sed -E ${hosts} ${majors.join(' ')})"; done`;
  const shim = async (name: string, command: string) => {
    await project.write(`.bin/${name}`, `#!/bin/sh\n${rewrite}\nexec ${command} "$@"\n`);
    await execa('chmod', ['+x', join(bin, name)]);
  };
  await shim('regress', `'${process.execPath}' '${commandLine()}'`);
  const psql = (await execa('sh', ['-c', 'command -v psql'])).stdout;
  await shim('psql', psql);
  for (const name of ['regress', 'regress-pg'])
    await symlink(join(bin, 'regress'), project.path(`node_modules/.bin/${name}`));
  return bin;
}

function environment(bin: string, { socketFolder, server }: Server): Record<string, string> {
  return {
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    CI: '',
    NO_COLOR: '1',
    COLUMNS: '100',
    PG_CONFIG: server.installation.pgConfig,
    PGHOST: socketFolder,
    PGPORT: '5432',
    PGUSER: 'postgres',
    REGRESS_SOURCE_URL: `postgresql://reader@/${PRODUCTION}?host=${encodeURIComponent(socketFolder)}&port=5432`,
    REGRESS_TARGET_URL: '',
    GIT_AUTHOR_NAME: 'docs',
    GIT_AUTHOR_EMAIL: 'docs@example.org',
    GIT_COMMITTER_NAME: 'docs',
    GIT_COMMITTER_EMAIL: 'docs@example.org',
  };
}

/** Forgets a scene's files. */
export async function closeStage({ project }: Stage): Promise<void> {
  await rm(project.folder, { recursive: true, force: true });
}
