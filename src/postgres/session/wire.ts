import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type pg from 'pg';

/** The server sent something that is not PostgreSQL's protocol, or a message out of place. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** The parts of pg's Connection that its types leave out: the socket, which TLS replaces, and the socket's listeners. */
interface DriverConnection extends EventEmitter {
  stream: Duplex;
  attachListeners(stream: Pick<Duplex, 'on'>): void;
}

/** The connection below a client. */
export interface Wire {
  /** Why the connection cannot be used any more; null while it can. */
  lost(): Error | null;
  /** Socket events so far, to notice silence. */
  heard(): number;
  /** Resolves when the server is ready for the next statement or the connection is lost. Call `busy` before a statement. */
  settled(): Promise<void>;
  busy(): void;
  /** Ends the connection at once. Everything that waits for it fails with the reason. */
  destroy(reason: Error): void;
}

/**
 * Watches a client that is not connected yet. pg-protocol throws, in the handler of the socket, if bytes are not a message
 * of the protocol. That would end the process; here it only ends this connection.
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
            destroy(new ProtocolError("the server sent something that is not PostgreSQL's protocol", { cause }));
          }
        }),
    };
    attach(guarded as unknown as Duplex);
  };
  connection.on('readyForQuery', () => {
    ready = true;
    settle();
  });
  // Without a listener an error would end the process. pg leaves the socket open when it gives up a session.
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
