import { mkdir, rm } from 'node:fs/promises';
import { emptyProject, type Outcome } from '../support/project.ts';
import type { TestServer } from '../support/servers.ts';

/** What `regress verify` says of queries of a lab, before and after seq_page_cost was changed on the source. */
export async function verifyLab(
  server: TestServer,
  { production, copy }: { readonly production: string; readonly copy: string },
  queries: readonly string[],
): Promise<{ readonly before: Outcome; readonly after: Outcome }> {
  const project = await emptyProject();
  await mkdir(project.path('suites'));
  await project.write('regress.yaml', `target: { pgConfig: ${server.installation.pgConfig} }\n`);
  const named = queries.map((query, number) => `-- name: q${number + 1}\n${query}\n`);
  await project.write('suites/lab.sql', named.join('\n'));
  const ends = ['--source', server.url(production), '--target', server.url(copy)];
  try {
    const taken = await project.regress(['snapshot', ...ends.slice(0, 2)]);
    if (taken.status !== 0) return { before: taken, after: taken };
    const before = await project.regress(['verify', ...ends, '--allow-data']);
    await server.psql('postgres', `ALTER DATABASE "${production}" SET seq_page_cost = 2.5`);
    const after = await project.regress(['verify', ...ends, '--allow-data']);
    return { before, after };
  } finally {
    await server.psql('postgres', `ALTER DATABASE "${production}" RESET seq_page_cost`);
    await rm(project.folder, { recursive: true });
  }
}
