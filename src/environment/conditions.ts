import type { UnmetCondition } from '../model/condition.ts';
import type { Manifest, SourceServer, Unreadable } from '../model/snapshot.ts';
import { type PlannerLibrary, plannerLibraries } from './planner-libraries.ts';
import { differingSettings } from './settings.ts';

/** What a target is, as far as plans depend on it. */
export interface TargetEnvironment {
  readonly server: SourceServer;
  /** Planner settings in force, in the unit of pg_settings. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The conditions of identical plans that do not hold between a snapshot's source and a target; docs/exactness.md. */
export function unmetConditions(manifest: Manifest, target: TargetEnvironment): UnmetCondition[] {
  const { server } = manifest;
  return [
    ...major(server, target.server),
    ...architecture(server, target.server),
    ...encoding(server, target.server),
    ...collation(server, target.server),
    ...libraries(server, 'source'),
    ...libraries(target.server, 'target'),
    ...extensionVersions(server, target.server),
    ...settings(manifest, target),
    ...privileges(manifest.unreadable),
    ...values(manifest),
  ];
}

function majorOf({ server_version_num }: SourceServer): number {
  return Math.floor(server_version_num / 10000);
}

function major(source: SourceServer, target: SourceServer): UnmetCondition[] {
  const [there, here] = [majorOf(source), majorOf(target)];
  if (there === here) return [];
  return [
    {
      code: 'major',
      message: `the snapshot is of PostgreSQL ${there} and the target runs ${here}: this rehearses an upgrade, plans are not those of production`,
      effect: 'Costs, estimates and plans are those of the other version.',
      hint: `Plan on PostgreSQL ${there} to see production's plans: --pg-config /usr/lib/postgresql/${there}/bin/pg_config`,
    },
  ];
}

/** Names of one architecture. */
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
      effect: 'Costs can differ in their last digits, and where the word size is another one, sizes of rows do too.',
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
        'Strings compare otherwise, so estimates of ranges of text can differ, and some values cannot be restored.',
      hint: `CREATE DATABASE … TEMPLATE template0 ENCODING '${source.encoding}'`,
    },
  ];
}

const COLLATION_EFFECT =
  'Strings within a histogram are compared and interpolated by their collation: estimates of ranges and prefixes of text can differ.';

/** Collations without a version compare bytes. */
function collation(source: SourceServer, target: SourceServer): UnmetCondition[] {
  return [...databaseCollation(source, target), ...namedCollations(source, target)];
}

const PROVIDERS: Readonly<Record<string, string>> = { c: 'libc', i: 'icu', b: 'builtin', d: 'default' };

function databaseCollation(source: SourceServer, target: SourceServer): UnmetCondition[] {
  const [there, here] = [localeOf(source), localeOf(target)];
  if (there !== here) {
    return [
      {
        code: 'collation',
        message: `the source's locale is ${there} and the target's ${here}`,
        effect: COLLATION_EFFECT,
        hint: 'Use a server that has the locale; a throwaway server gets it where the machine has it (locale -a).',
      },
    ];
  }
  return versionDiffers(source.collation_version, target.collation_version)
    ? [otherVersion('the database', source.collation_version, target.collation_version)]
    : [];
}

function localeOf({ locale_provider, locale, lc_collate, lc_ctype }: SourceServer): string {
  const name = locale_provider === 'c' ? lc_collate : (locale ?? lc_collate);
  const own = `${name} (${PROVIDERS[locale_provider] ?? locale_provider})`;
  return lc_ctype === lc_collate ? own : `${own}, ctype ${lc_ctype}`;
}

function namedCollations(source: SourceServer, target: SourceServer): UnmetCondition[] {
  return Object.entries(source.collations)
    .filter(([name, version]) => name in target.collations && versionDiffers(version, target.collations[name] ?? null))
    .map(([name, version]) => otherVersion(`collation ${name}`, version, target.collations[name] ?? null));
}

function versionDiffers(source: string | null, target: string | null): boolean {
  return source !== null && target !== null && source !== target;
}

function otherVersion(what: string, source: string | null, target: string | null): UnmetCondition {
  return {
    code: 'collation',
    message: `the collation of ${what.replace('collation ', '')} has version ${source} on the source and ${target} on the target`,
    effect: COLLATION_EFFECT,
    hint: 'Plan on a system with the same C library and ICU, such as the image production runs.',
  };
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

/** Tools that no plan depends on. */
const NO_PART_OF_PLANS = ['plpgsql', 'pageinspect', 'pg_stat_statements', 'regress_planner', 'pgstattuple'];

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
        hint: `Install version ${version} where the target runs, or: ALTER EXTENSION ${name} UPDATE`,
      },
    ];
  });
}

function settings(manifest: Manifest, target: TargetEnvironment): UnmetCondition[] {
  return differingSettings(manifest.settings, target.settings).map(({ name, source, target: here }) => ({
    code: 'setting',
    message: `setting ${name} is ${source || "''"} in the snapshot and ${here || "''"} on the target`,
    effect: 'Costs and the choice of plans can differ.',
  }));
}

/** One condition for each kind of thing that was not read. */
function privileges(unreadable: readonly Unreadable[]): UnmetCondition[] {
  return [...new Set(unreadable.map(({ what }) => what))].map((what) => {
    const objects = unreadable.filter((each) => each.what === what).map(({ object }) => object);
    const named = objects.slice(0, 3).join(', ') + (objects.length > 3 ? ` and ${objects.length - 3} more` : '');
    return {
      code: 'privileges',
      message: `the snapshot lacks what its role could not read: ${what} of ${named}`,
      effect: 'Plans that touch these can have other costs.',
      hint: 'regress doctor says what would let the role read it',
    };
  });
}

function values({ values: has }: Manifest): UnmetCondition[] {
  if (has) return [];
  return [
    {
      code: 'values',
      message: 'the snapshot was taken without values of columns',
      effect: 'Conditions with constants are estimated as if nothing were known of them.',
      hint: 'regress snapshot without --no-values',
    },
  ];
}
