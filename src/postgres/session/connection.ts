import type pg from 'pg';
import { parameterTypes, resultTypes } from '../describe.ts';
import { DatabaseError, openClient } from './client.ts';
import { connectionError } from './connection-error.ts';
import { answerWait, type Wait } from './limits.ts';
import { connectionParameters } from './parameters.ts';
import { openSession } from './session.ts';
import { type Role, redactUrl } from './url.ts';

/** One session. */
export interface Connection {
  /** The URL without its password. */
  readonly url: string;
  /** True if it is encrypted but the server's certificate was not verified: anybody may have answered. */
  readonly unverified: boolean;
  /**
   * Sends one statement by the extended protocol, with values for `$1`…. Like the methods below, it throws DatabaseError
   * if the server refuses the statement, and RegressError `connection` if the session ended or the answer is overdue.
   */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Sends any number of statements by the simple protocol. Returns the rows of the last one. */
  run<Row extends object>(text: string): Promise<Row[]>;
  /** OIDs of the types of a statement's parameters; it is parsed and not executed. Throws DatabaseError. */
  parameterTypes(text: string): Promise<number[]>;
  /** Like parameterTypes, for the columns of the statement's result. */
  resultTypes(text: string): Promise<number[]>;
  /** Messages of NOTICE and WARNING level since the last call. */
  notices(): string[];
  /** Never throws, and never waits for long. */
  close(): Promise<void>;
}

/** ERRCODE_UNDEFINED_FILE: a library that should be preloaded does not exist. */
const UNDEFINED_FILE = '58P01';

/**
 * Opens a session. No settings are sent at the start, so that transaction poolers accept it. But if a target's preloaded
 * library is gone, which locks everybody out, the session is opened without preloading. Throws RegressError `connection`,
 * with the server's or the network's reason and never a password, and `usage` if `url` is not a PostgreSQL URL. `wait` is
 * how long an answer may take; it defaults to the limit of the role.
 */
export async function connect(url: string, role: Role, wait: Wait = answerWait(role)): Promise<Connection> {
  const parameters = connectionParameters(url, role);
  let notices: string[] = [];
  const open = (options: string | null) => openClient(parameters, options, (notice) => notices.push(notice));
  const { client, wire, unverified } = await open(parameters.options)
    .catch((error: unknown) => {
      const locked = role === 'target' && error instanceof DatabaseError && error.code === UNDEFINED_FILE;
      return locked ? open(`${parameters.options ?? ''} -c session_preload_libraries=`) : Promise.reject(error);
    })
    .catch((error: unknown) => Promise.reject(connectionError(url, role, error)));
  const session = openSession(client, wire, { role, url: redactUrl(url), host: parameters.host }, wait);
  return {
    url: redactUrl(url),
    unverified,
    query: (text, values) =>
      session.ask(text, async () => {
        const config = { text, values: [...(values ?? [])], queryMode: 'extended' } as pg.QueryConfig;
        return (await client.query(config)).rows;
      }),
    run: (text) =>
      session.ask(text, async () => {
        const result: pg.QueryResult | pg.QueryResult[] = await client.query(text);
        return (Array.isArray(result) ? result.at(-1) : result)?.rows as never[];
      }),
    parameterTypes: (text) => session.ask(text, () => parameterTypes(client, text)),
    resultTypes: (text) => session.ask(text, () => resultTypes(client, text)),
    notices: () => {
      const taken = notices;
      notices = [];
      return taken;
    },
    close: session.close,
  };
}
