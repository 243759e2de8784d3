import { RegressError } from '../../model/errors.ts';
import type { TargetIdentity } from '../identity.ts';
import { writtenCatalogs } from './catalog-rows.ts';
import { restoreFunctions } from './restore-functions.ts';
import type { CatalogStrategy } from './strategy.ts';

/** Since then a server has functions that restore statistics, for whoever may maintain a table. */
const FUNCTIONS_SINCE = 18;

/**
 * A superuser writes the catalogs, which holds every statistic there is; from 18 on others have the server's functions,
 * which from 19 on take extended statistics too. Throws RegressError `privilege` for others before 18.
 */
export function strategyFor({ major, superuser, role }: TargetIdentity): CatalogStrategy {
  if (superuser) return writtenCatalogs(major);
  if (major >= FUNCTIONS_SINCE) return restoreFunctions(major);
  throw new RegressError('privilege', `role ${role} is not a superuser of the target`, {
    detail: `Before PostgreSQL ${FUNCTIONS_SINCE} only a superuser may write statistics.`,
    hint: 'Connect as a superuser of the target, such as postgres.',
  });
}
