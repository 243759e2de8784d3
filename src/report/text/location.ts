import type { CheckReport, PlanResult } from '../../model/result.ts';

/** The path of a result's file from the top of the repository, where CI systems look for it. */
export function repositoryPath(
  { file }: Pick<PlanResult, 'file'>,
  { suites, projects }: Pick<CheckReport, 'suites' | 'projects'>,
): string {
  // Those of projects begin at the folder that has them all.
  if (projects !== undefined) return suites.path === '.' ? file : `${suites.path}/${file}`;
  // Paths of suites begin with the name of their folder, wherever that is.
  const [, ...below] = file.split('/');
  return [...(suites.path === '.' ? [] : [suites.path]), ...below].join('/');
}

/** A planned query as people name it, after its project where there are several. */
export function resultName({ project, query, ...rest }: Pick<PlanResult, 'project' | 'query' | 'case'>): string {
  const name = rest.case === null ? query : `${query} [${rest.case}]`;
  return project === undefined ? name : `${project}: ${name}`;
}
