import { resolve } from 'node:path';
import type { Config } from '../../config/index.ts';
import { listed } from '../../model/text/wording.ts';
import { type MappedSnapshot, mapSnapshot } from '../../predict/index.ts';
import { openSnapshot, schemasOf } from '../../snapshot/index.ts';

const MAX_NAMED = 10;

/**
 * Opens the snapshot of a run, with CI's schema names if regress.yaml maps any. Throws RegressError `config` at a
 * mapped schema that production does not have.
 */
export async function openRunSnapshot(config: Config, option: string | undefined): Promise<MappedSnapshot> {
  const snapshot = await openSnapshot(option === undefined ? config.snapshot : resolve(option));
  const { schemas } = config.map;
  if (schemas.size > 0) requireSchemas(config, schemasOf(snapshot.manifest));
  return mapSnapshot(snapshot, schemas);
}

function requireSchemas({ map }: Config, known: readonly string[]): void {
  for (const [schema, production] of map.schemas) {
    if (known.includes(production)) continue;
    const hint = `The snapshot has ${listed(known, MAX_NAMED) || 'none'}. The map has the form "CI's schema: production's schema".`;
    throw map.fail(schema, `the snapshot has no schema "${production}"`, hint);
  }
}
