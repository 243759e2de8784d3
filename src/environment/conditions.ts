import { type Manifest, majorOf, type SourceServer, type Unreadable } from '../model/snapshot.ts';
import type { UnmetCondition } from '../model/target/condition.ts';
import { listed } from '../model/text/wording.ts';
import { quoteIdent, quoteLiteral } from '../postgres/index.ts';
import { collationConditions } from './collation.ts';
import { type PlannerLibrary, plannerLibraries } from './planner-libraries.ts';
import { differingSettings } from './settings.ts';

/** The facts about a target that plans depend on. */
export interface TargetEnvironment {
  readonly server: SourceServer;
  /** Planner settings in force, in the unit of pg_settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** Source of each setting (pg_settings.source), if known. */
  readonly settingSources?: Readonly<Record<string, string>>;
  /** The role of the session. */
  readonly role?: string;
}

/** Finds the conditions for identical plans that a snapshot's source and a target do not meet; see docs/exactness.md. */
export function unmetConditions(manifest: Manifest, target: TargetEnvironment): UnmetCondition[] {
  const { server } = manifest;
  return [
    ...major(server, target.server),
    ...architecture(server, target.server),
    ...encoding(server, target.server),
    ...collationConditions(server, target.server),
    ...libraries(server, 'source'),
    ...libraries(target.server, 'target'),
    ...extensionVersions(server, target.server),
    ...settings(manifest, target),
    ...privileges(manifest.unreadable),
    ...values(manifest),
  ];
}

function major(source: SourceServer, target: SourceServer): UnmetCondition[] {
  const [there, here] = [majorOf({ server: source }), majorOf({ server: target })];
  if (there === here) return [];
  return [
    {
      code: 'major',
      message: `the snapshot is of PostgreSQL ${there} and the target runs ${here}: this is a rehearsal, whose plans are not those of production`,
      effect: `Costs, estimates and plans are those of PostgreSQL ${here}.`,
      hint: `To see production's plans, plan on PostgreSQL ${there}: --pg-config /usr/lib/postgresql/${there}/bin/pg_config`,
    },
  ];
}

/** Other names of an architecture. */
const ARCHITECTURES: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64', x64: 'x86_64' };

function machineOf({ platform }: SourceServer): string {
  const name = platform.split('-')[0] ?? '';
  return ARCHITECTURES[name] ?? name;
}

function architecture(source: SourceServer, target: SourceServer): UnmetCondition[] {
  const [there, here] = [machineOf(source), machineOf(target)];
  const unmet: UnmetCondition[] = [];
  if (there !== here && there !== '' && here !== '') {
    unmet.push({
      code: 'architecture',
      message: `the source runs on ${there} and the target on ${here}`,
      effect: 'Costs can differ in their last digits. If the word size differs, sizes of rows do too.',
    });
  }
  if (source.block_size !== target.block_size) {
    unmet.push({
      code: 'block-size',
      message: `pages of the source have ${source.block_size} bytes and those of the target ${target.block_size}`,
      effect: 'Every size and cost differs.',
      hint: 'Plan on a PostgreSQL built with the same --with-blocksize.',
    });
  }
  return unmet;
}

function encoding(source: SourceServer, target: SourceServer): UnmetCondition[] {
  if (source.encoding === target.encoding) return [];
  return [
    {
      code: 'encoding',
      message: `the source's encoding is ${source.encoding} and the target's ${target.encoding}`,
      effect:
        'Strings compare differently, so estimates for ranges of text can differ. Some values cannot be restored.',
      hint: `CREATE DATABASE … TEMPLATE template0 ENCODING '${source.encoding}'`,
    },
  ];
}

function libraries(server: SourceServer, end: 'source' | 'target'): UnmetCondition[] {
  const preload = [server.shared_preload_libraries, server.session_preload_libraries ?? ''];
  return plannerLibraries(
    preload,
    server.extensions.map(({ name }) => name),
  ).map(({ name, does }: PlannerLibrary) => ({
    code: 'planner-library',
    message: `the ${end} has ${name}, which ${does}`,
    effect: 'Plans can differ wherever it takes part.',
    ...(end === 'target' && { hint: `Plan on a server without ${name}.` }),
  }));
}

/** Extensions that no plan depends on. */
const NO_PART_OF_PLANS = [
  ...['plpgsql', 'pageinspect', 'pg_stat_statements', 'regress_planner', 'pgstattuple', 'pg_buffercache', 'pg_prewarm'],
  ...['amcheck', 'pgrowlocks', 'pg_visibility', 'pg_freespacemap', 'pg_walinspect', 'pgaudit', 'pg_cron', 'pg_repack'],
];

function extensionVersions(source: SourceServer, target: SourceServer): UnmetCondition[] {
  const here = new Map(target.extensions.map(({ name, version }) => [name, version]));
  return source.extensions.flatMap(({ name, version }): UnmetCondition[] => {
    const other = here.get(name);
    if (other === undefined || other === version || NO_PART_OF_PLANS.includes(name)) return [];
    return [
      {
        code: 'extension-version',
        message: `extension ${name} has version ${version} on the source and ${other} on the target`,
        effect: 'Its operators, their estimators and operator classes can differ.',
        hint: `Install version ${version} on the target's machine, or: ALTER EXTENSION ${name} UPDATE`,
      },
    ];
  });
}

function settings(manifest: Manifest, target: TargetEnvironment): UnmetCondition[] {
  return differingSettings(manifest.settings, target.settings).map(({ name, source, target: here }) => ({
    code: 'setting' as const,
    setting: name,
    message: `setting ${name} is ${source || "''"} in the snapshot and ${here || "''"} on the target`,
    effect: 'Costs and the choice of plans can differ.',
    ...hintOfSetting(name, source ?? '', target),
  }));
}

/** A role's setting overrides the database's. restore sets the database's, unless the schema sets another. */
function hintOfSetting(name: string, value: string, { settingSources, role, server }: TargetEnvironment) {
  const hints: Readonly<Record<string, string>> = {
    user: `ALTER ROLE ${quoteIdent(role ?? '')} RESET ${name}`,
    'database user': `ALTER ROLE ${quoteIdent(role ?? '')} IN DATABASE ${quoteIdent(server.database)} RESET ${name}`,
    database: `The schema sets it: remove ALTER DATABASE … SET ${name} from what target.prepare runs.`,
    client: `Remove ${name} from the options in the target's URL.`,
  };
  const source = settingSources?.[name];
  if (source === undefined) return {};
  return { hint: hints[source] ?? `On the target's server, run: ALTER SYSTEM SET ${name} = ${quoteLiteral(value)}` };
}

const MAX_NAMED = 3;

/** One condition for each kind of data that could not be read. */
function privileges(unreadable: readonly Unreadable[]): UnmetCondition[] {
  return [...new Set(unreadable.map(({ what }) => what))].map((what) => {
    const objects = unreadable.filter((each) => each.what === what).map(({ object }) => object);
    const hints = [...new Set(unreadable.filter((each) => each.what === what).map(({ hint }) => hint))];
    const [grant] = hints;
    return {
      code: 'privileges',
      message: `the snapshot lacks data that its role could not read: ${what} of ${listed(objects, MAX_NAMED)}`,
      effect: 'Plans that touch these can have other costs.',
      // The SQL of a helper function is long; doctor prints it.
      hint:
        hints.length === 1 && grant?.startsWith('GRANT ')
          ? grant
          : 'To see what lets the role read it, run: npx regress-pg doctor',
    };
  });
}

function values({ values: has }: Manifest): UnmetCondition[] {
  if (has) return [];
  return [
    {
      code: 'values',
      message: 'the snapshot was taken without column values',
      effect: 'Conditions with constants are estimated as if nothing were known about the constants.',
      hint: 'Take it again without --no-values: npx regress-pg snapshot',
    },
  ];
}
