import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type pg from 'pg';

/** What a server sends is not PostgreSQL's protocol, or stands where it cannot. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** pg's Connection, of which its types tell little: the socket, which TLS replaces, and who hears it. */
interface DriverConnection extends EventEmitter {
  stream: Duplex;
  attachListeners(stream: Pick<Duplex, 'on'>): void;
}

/** The connection below a client: what came of it, and its end. */
export interface Wire {
  /** Why it is of no more use; null while it is. */
  lost(): Error | null;
  /** Messages heard so far, to tell silence by. */
  heard(): number;
  /** Resolves once the server is ready for the next statement, or the connection lost. Call `busy` before a statement. */
  settled(): Promise<void>;
  busy(): void;
  /** Ends it at once; what waits for it fails with the reason. */
  destroy(reason: Error): void;
}

/**
 * Watches a client that is not connected yet. What pg-protocol throws at bytes that are none of its messages, in the
 * handler of the socket, where it would end the process, becomes the reason this one connection is lost.
 */
export function watchWire(client: pg.Client): Wire {
  const connection = (client as unknown as { connection: DriverConnection }).connection;
  let lost: Error | null = null;
  let heard = 0;
  let ready = false;
  let settle: () => void = () => undefined;
  const destroy = (reason: Error) => {
    lost ??= reason;
    connection.stream.destroy(reason);
    settle();
  };
  const attach = connection.attachListeners.bind(connection);
  connection.attachListeners = (stream) => {
    const guarded = {
      on: (event: string, hear: (...said: unknown[]) => void) =>
        stream.on(event, (...said: unknown[]) => {
          heard += 1;
          try {
            if (lost === null) hear(...said);
          } catch (cause) {
            destroy(new ProtocolError("the server sent what is not PostgreSQL's protocol", { cause }));
          }
        }),
    };
    attach(guarded as unknown as Duplex);
  };
  connection.on('readyForQuery', () => {
    ready = true;
    settle();
  });
  // Without a listener it would end the process. pg leaves the socket of a session that it gives up open.
  client.on('error', destroy);
  connection.on('end', () => destroy(new Error('the server closed the connection')));
  return {
    lost: () => lost,
    heard: () => heard,
    busy: () => {
      ready = false;
    },
    settled: () =>
      new Promise((resolve) => {
        settle = resolve;
        if (ready || lost !== null) resolve();
      }),
    destroy,
  };
}
