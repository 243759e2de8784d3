import { unfitCases, type ViewDefinition, viewDefinitions } from '../explain/index.ts';
import type { RelationSnapshot, Snapshot } from '../model/snapshot.ts';
import type { Compared, FindRelation } from '../model/sql/parameter-use.ts';
import { parameterName, type Query, type Suite } from '../model/suite.ts';
import { parseGucList } from '../model/text/guc-list.ts';
import type { Connection } from '../postgres/index.ts';
import { namedRelations, parameterUses } from '../sql/index.ts';
import { autoCases, type ColumnValues, columnValues } from '../suite/index.ts';
import type { PlanningSession } from './session/session.ts';

type Settings = Readonly<Record<string, string>>;

/** Adds automatic cases to suites, from a snapshot that was restored into the session's database. */
export async function withAutoCases(
  suites: readonly Suite[],
  snapshot: Pick<Snapshot, 'relations' | 'manifest'>,
  session: PlanningSession,
  settings: Settings,
): Promise<readonly Suite[]> {
  const names = await relationsOfAutoCases(suites, session.connection);
  if (names === null) return suites;
  for await (const relation of snapshot.relations()) names.add(relation);
  const context = { major: session.server.major, now: snapshot.manifest.capturedAt, ...session.planner };
  return mapQueries(suites, async (query) => {
    const { auto, unfound } = names.casesOf(query, settings, session.planner.role);
    const unfit = await unfitCases(session.connection, query, auto, context);
    const messages = [...unfit].map(([name, message]) => `case "${name}": ${message}`);
    return completed(
      query,
      auto.filter(({ name }) => !unfit.has(name)),
      [...unfound, ...messages],
    );
  });
}

/** The relations that automatic cases take values from; null if no query asks for automatic cases. */
export async function relationsOfAutoCases(
  suites: readonly Suite[],
  connection: Connection,
): Promise<AutoCaseRelations | null> {
  const queries = suites.flatMap((suite) => suite.queries.filter(({ auto }) => auto !== undefined));
  return queries.length === 0 ? null : openRelations(queries, connection);
}

/** The relations that automatic cases take values from, filled while a snapshot is read or written. */
export interface AutoCaseRelations {
  /** Adds a relation, or replaces it if it was read again. */
  add(relation: RelationSnapshot): void;
  /**
   * The suites with their automatic cases. Call it when all relations are added. Does not check that the values fit.
   */
  complete(suites: readonly Suite[], settings: Settings, role: string | null): Promise<readonly Suite[]>;
  casesOf(query: Query, settings: Settings, role: string | null): Resolved;
}

interface Resolved {
  readonly auto: Query['cases'];
  readonly unfound: readonly string[];
}

async function openRelations(queries: readonly Query[], connection: Connection): Promise<AutoCaseRelations> {
  const { names, views } = await namesOf(queries, connection);
  const relations: RelationSnapshot[] = [];
  const casesOf = (query: Query, settings: Settings, role: string | null): Resolved => {
    const path = searchPath(query.settings.search_path ?? settings.search_path ?? '', role);
    return resolve(query, relations, finder(relations, views, path));
  };
  return {
    add: (relation) => {
      if (!names.has(relation.relname)) return;
      const known = relations.findIndex(
        ({ schemaname, relname }) => schemaname === relation.schemaname && relname === relation.relname,
      );
      if (known === -1) relations.push(relation);
      else relations[known] = relation;
    },
    casesOf,
    complete: (suites, settings, role) =>
      mapQueries(suites, async (query) => {
        const { auto, unfound } = casesOf(query, settings, role);
        return completed(query, auto, unfound);
      }),
  };
}

/** Unqualified names of all relations in the queries, and in the views they use. */
async function namesOf(queries: readonly Query[], connection: Connection) {
  const names = new Set<string>();
  const views: ViewDefinition[] = [];
  let statements = queries.map(({ statement }) => statement);
  while (statements.length > 0) {
    const all = statements.flatMap(namedRelations).map((name) => name.replace(/^.*\./, ''));
    const fresh = [...new Set(all)].filter((name) => !names.has(name));
    for (const name of fresh) names.add(name);
    const found = await viewDefinitions(connection, fresh);
    views.push(...found);
    statements = found.map(({ definition }) => definition.replace(/;\s*$/, ''));
  }
  return { names, views };
}

function searchPath(setting: string, role: string | null): string[] {
  return parseGucList(setting, { foldCase: true }).map((name) => (name === '$user' ? (role ?? name) : name));
}

function finder(
  relations: readonly RelationSnapshot[],
  views: readonly ViewDefinition[],
  path: readonly string[],
): FindRelation {
  const inSchema = (schema: string, name: string): ReturnType<FindRelation> => {
    const is = (each: { readonly schemaname: string; readonly relname: string }) =>
      each.schemaname === schema && each.relname === name;
    const view = views.find(is);
    if (view !== undefined) return { kind: 'view', definition: view.definition };
    const table = relations.find(is);
    return table && { ...table, kind: 'table', columns: table.columns.map(({ attname }) => attname) };
  };
  return (schema, name) => {
    if (schema !== undefined) return inSchema(schema, name);
    for (const each of path) {
      const found = inSchema(each, name);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function resolve(query: Query, relations: readonly RelationSnapshot[], find: FindRelation): Resolved {
  const { statement, parameters, auto } = query;
  const valuesOf = ({ column }: Compared): ColumnValues | { readonly missing: string } => {
    const relation = relations.find(
      ({ schemaname, relname }) => schemaname === column.schemaname && relname === column.relname,
    );
    return relation === undefined
      ? { missing: 'its table is not in the snapshot' }
      : columnValues(relation, column.attname);
  };
  const { cases, unfound } = autoCases({
    uses: parameterUses(statement, parameters.length, find),
    given: parameters.map((name) => auto?.given[name]),
    nameOf: (parameter) => parameterName(parameters[parameter - 1] ?? ''),
    valuesOf,
  });
  return { auto: cases, unfound };
}

/** Adds the automatic cases. A query without any case is planned as the generic plan. */
function completed(query: Query, auto: Query['cases'], unfound: readonly string[]): Query {
  // A case written by hand replaces the automatic case of the same name.
  const own = query.cases.map(({ name }) => name);
  const cases = [...query.cases, ...auto.filter(({ name }) => !own.includes(name))];
  return { ...query, cases, unfound, generic: query.generic || cases.length === 0 };
}

async function mapQueries(suites: readonly Suite[], complete: (query: Query) => Promise<Query>): Promise<Suite[]> {
  const mapped: Suite[] = [];
  for (const suite of suites) {
    const queries: Query[] = [];
    for (const query of suite.queries) queries.push(query.auto === undefined ? query : await complete(query));
    mapped.push({ ...suite, queries });
  }
  return mapped;
}
