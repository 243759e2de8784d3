import {
  type MajorSql,
  majorSql,
  readRoleSettings,
  readRoles,
  readServer,
  readSettings,
  type ServerFacts,
} from '../environment/index.ts';
import type { Manifest, Unreadable } from '../model/manifest.ts';
import { type Connection, serverVersion } from '../postgres/index.ts';
import { readMetapageAccess } from './indexes/metapages.ts';
import type { CaptureContext } from './read/capture.ts';
import { readUnsendableTypes } from './read/statistics.ts';
import { readPrivileges } from './rights/privileges.ts';
import { stateOf } from './source-session.ts';
import { inShortTransaction, SESSION_SETTINGS_SQL } from './transaction.ts';

export interface Scope {
  /** False: no column values are read. */
  readonly values: boolean;
  readonly systemCatalogs: boolean;
}

/** Everything that a snapshot holds besides relations. */
export interface SourceFacts extends Omit<ServerFacts, 'unreadable'> {
  readonly dialect: MajorSql;
  /** Planner settings, before we change any. */
  readonly settings: Manifest['settings'];
  readonly role_settings: Manifest['role_settings'];
  readonly roles: NonNullable<Manifest['roles']>;
  readonly unreadable: readonly Unreadable[];
  /** Options for reading relations. */
  readonly context: CaptureContext;
}

/** Reads the facts about the server, the database and the role. Throws DatabaseError. */
export async function readSourceFacts(connection: Connection, { values, systemCatalogs }: Scope): Promise<SourceFacts> {
  // This comes first, because a session that ends is replaced only if the source is a standby.
  stateOf(connection).standby = await isStandby(connection);
  return inShortTransaction(connection, '', async () => {
    const version = await serverVersion(connection);
    const dialect = majorSql(version.major);
    const settings = await readSettings(connection, dialect);
    await connection.run(SESSION_SETTINGS_SQL);
    const access = await readMetapageAccess(connection);
    const privileges = await readPrivileges(connection, dialect, values, access, systemCatalogs);
    const { unreadable, ...facts } = await readServer(connection, version, dialect, privileges.role);
    return {
      ...facts,
      ...{ dialect, settings },
      role_settings: await readRoleSettings(connection, Object.keys(settings)),
      roles: await readRoles(connection),
      unreadable: [...privileges.unreadable, ...unreadable],
      context: {
        ...{ dialect, privileges, access, values, inRecovery: facts.inRecovery },
        blockSize: facts.server.block_size,
        unsendable: await readUnsendableTypes(connection),
        elementTypes: true,
        objectNames: false,
      },
    };
  });
}

export const STANDBY_SQL = 'SELECT pg_catalog.pg_is_in_recovery() AS standby ORDER BY 1';

function isStandby(connection: Connection): Promise<boolean> {
  return inShortTransaction(connection, '', async () => {
    const [row] = await connection.query<{ standby: boolean }>(STANDBY_SQL);
    return row?.standby ?? false;
  });
}
