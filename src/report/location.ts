import type { CheckReport, PlanResult } from '../model/result.ts';

/** The path of a result's file from the top of the repository, where CI systems look for it. */
export function repositoryPath({ file }: Pick<PlanResult, 'file'>, { suites }: Pick<CheckReport, 'suites'>): string {
  // Paths of suites begin with the name of their folder, wherever that is.
  const [, ...below] = file.split('/');
  return [...(suites.path === '.' ? [] : [suites.path]), ...below].join('/');
}

/** A planned query as people name it. */
export function resultName({ query, ...rest }: Pick<PlanResult, 'query' | 'case'>): string {
  return rest.case === null ? query : `${query} [${rest.case}]`;
}
