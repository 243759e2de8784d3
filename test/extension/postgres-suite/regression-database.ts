import { cp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { RestoreReport } from '../../../src/restore/index.ts';
import { dumpSchema, putInto, withSnapshot } from '../../fidelity/lab.ts';
import type { TestServer } from '../../support/servers.ts';
import { splitStatements } from './statements.ts';

/** What the suite leaves, as production, and an empty database with its schema and snapshot. */
export interface Regression {
  readonly production: string;
  readonly copy: string;
  /** What pg_regress says of the suite. */
  readonly summary: string;
  readonly restored: RestoreReport;
}

const MAKEFILE = `MODULES = regress
override with_llvm = no
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)
`;

/** Contrib's modules that the suite loads from where regress.so lies. */
const MODULES = ['autoinc.so', 'refint.so'];

/** Passes the suite in database `regression`, and restores its snapshot into another, made by pg_dump. */
export async function makeRegression(server: TestServer, suite: string, folder: string): Promise<Regression> {
  const production = 'regression';
  const summary = await passSuite(server, suite, folder);
  const copy = await server.createDatabase();
  await server.psql(copy, await dumpSchema(server, production));
  await server.psql(copy, await familyMembers(suite));
  await server.psql(production, 'CREATE SCHEMA inspect; CREATE EXTENSION pageinspect SCHEMA inspect');
  const restored = await withSnapshot(server, production, (snapshot) => putInto(server, snapshot, copy), 'postgres', {
    systemCatalogs: true,
  });
  return { production, copy, summary, restored };
}

/** pg_dump leaves out what was added, and not rolled back, to an operator family of the system: the schemas would differ. */
async function familyMembers(suite: string): Promise<string> {
  const file = await readFile(join(suite, 'sql/equivclass.sql'), 'utf8');
  const [kept = ''] = file.split(/^begin;/m);
  const statements = splitStatements(kept).filter((statement) => /^alter operator family\b/i.test(statement));
  return statements.map((statement) => `${statement};\n`).join('');
}

/** Runs pg_regress, which comes with the server's headers, on a copy of the suite. */
async function passSuite(server: TestServer, suite: string, folder: string): Promise<string> {
  const { pgConfig, bindir } = server.installation;
  const input = join(folder, 'suite');
  await cp(suite, input, { recursive: true });
  await writeFile(join(input, 'GNUmakefile'), MAKEFILE);
  await execa('make', ['-s', `PG_CONFIG=${pgConfig}`], {
    cwd: input,
    env: { MAKEFLAGS: '', MFLAGS: '', MAKELEVEL: '' },
  });
  const { stdout } = await execa(pgConfig, ['--pkglibdir', '--pgxs']);
  const [pkglibdir = '', pgxs = ''] = stdout.split('\n');
  const installed = await readdir(pkglibdir);
  for (const module of MODULES.filter((name) => installed.includes(name))) {
    await symlink(join(pkglibdir, module), join(input, module));
  }
  const url = new URL(server.url('regression').replace('postgresql:', 'http:').replace('@/', '@socket/'));
  const command = [
    join(dirname(pgxs), '../test/regress/pg_regress'),
    ...[`--bindir=${bindir}`, `--inputdir=${input}`, `--outputdir=${folder}/output`, `--dlpath=${input}`],
    ...[`--host=${url.searchParams.get('host')}`, `--port=${url.searchParams.get('port')}`, '--user=postgres'],
    ...['--max-concurrent-tests=20', `--schedule=${input}/parallel_schedule`],
  ];
  // The server writes into the same folders, perhaps as another user.
  const script = `umask 0; mkdir -p ${folder}/output; exec "$@"`;
  const { all } = await execa('sh', ['-c', script, 'sh', ...command], { all: true, reject: false, cwd: folder });
  const failed = all.match(/^(?:not ok .*|.*\bFAILED\b.*)$/gm) ?? [];
  const passed = all.match(/^(?:ok .*|.* \.\.\. ok\b.*)$/gm) ?? [];
  if (passed.length < 150) throw new Error(`the suite was not passed:\n${all.slice(-3000)}`);
  return `${passed.length} of ${passed.length + failed.length} tests of the suite as expected`;
}
