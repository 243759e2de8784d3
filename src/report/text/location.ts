import type { CheckReport, PlanResult } from '../../model/result.ts';

/** The path of a result's file from the top of the repository, as CI systems expect it. */
export function repositoryPath(
  { file }: Pick<PlanResult, 'file'>,
  { suites, projects }: Pick<CheckReport, 'suites' | 'projects'>,
): string {
  // With projects, paths begin at the folder that contains all of them.
  if (projects !== undefined) return suites.path === '.' ? file : `${suites.path}/${file}`;
  // Paths of suites begin with the name of the suites' folder, wherever it is.
  const [, ...below] = file.split('/');
  return [...(suites.path === '.' ? [] : [suites.path]), ...below].join('/');
}

/** The name of a planned query for people, with its project if there are several. */
export function resultName({ project, query, ...rest }: Pick<PlanResult, 'project' | 'query' | 'case'>): string {
  const name = rest.case === null ? query : `${query} [${rest.case}]`;
  return project === undefined ? name : `${project}: ${name}`;
}
