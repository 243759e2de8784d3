import { RegressError } from '../../model/errors.ts';
import type { TargetIdentity } from '../identity.ts';
import { writtenCatalogs } from './catalog-rows.ts';
import { restoreFunctions } from './restore-functions.ts';
import type { CatalogStrategy } from './strategy.ts';

/** First major with functions that restore statistics; they need the MAINTAIN privilege on a table. */
const FUNCTIONS_SINCE = 18;

/**
 * A superuser writes the catalogs, which can hold every kind of statistics. Others use the server's functions: from 18
 * for columns, from 19 for extended statistics too. Throws RegressError `privilege` for others before 18.
 */
export function strategyFor({ major, superuser, role }: TargetIdentity): CatalogStrategy {
  if (superuser) return writtenCatalogs(major);
  if (major >= FUNCTIONS_SINCE) return restoreFunctions(major);
  throw new RegressError('privilege', `role ${role} is not a superuser of the target`, {
    detail: `Before PostgreSQL ${FUNCTIONS_SINCE}, only a superuser can write statistics.`,
    hint: 'Connect as a superuser of the target, such as postgres.',
  });
}
