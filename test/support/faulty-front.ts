import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What is done to a piece of what a server sends: passed on, changed, kept back, or the connection cut. */
export type Fault = (piece: Buffer, count: number) => Buffer | 'keep' | 'cut';

/** A port of the loopback that leads to a server's unix socket and harms what comes back. */
export interface FaultyFront {
  /** The URL of a database by way of it. */
  url(database: string): string;
  /** The fault of connections that are opened from now on; null: none. */
  harm(fault: Fault | null): void;
  close(): void;
}

/** Leads to the server of a URL of a throwaway server. */
export async function faultyFront(serverUrl: string): Promise<FaultyFront> {
  const parsed = new URL(serverUrl.replace('@/', '@h/'));
  const socket = `${parsed.searchParams.get('host')}/.s.PGSQL.${parsed.searchParams.get('port')}`;
  let fault: Fault | null = null;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(socket);
    const harm = fault;
    let count = 0;
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
    client.on('data', (piece) => upstream.write(piece));
    upstream.on('data', (piece) => {
      count += 1;
      const passed = harm === null ? piece : harm(piece, count);
      if (passed === 'cut') client.destroy();
      else if (passed !== 'keep') client.write(passed);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (database) => `postgresql://postgres@127.0.0.1:${port}/${database}?sslmode=disable`,
    harm: (next) => {
      fault = next;
    },
    close: () => {
      for (const each of open) each.destroy();
      server.close();
    },
  };
}

/** Passes `count` pieces on, and does `then` to those that follow. */
export function after(count: number, then: (piece: Buffer) => Buffer | 'keep' | 'cut'): Fault {
  return (piece, at) => (at <= count ? piece : then(piece));
}
