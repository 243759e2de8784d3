import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { execa } from 'execa';

/** Certificates of one authority: `ca.crt`, and `server.crt` with `server.key` for the host name localhost. */
export async function makeCertificates(folder: string): Promise<void> {
  const openssl = (...args: string[]) => execa('openssl', args, { cwd: folder });
  const isNew = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  await openssl(...isNew, '-subj', '/CN=test authority', '-keyout', 'ca.key', '-out', 'ca.crt');
  const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-addext', 'subjectAltName=DNS:localhost'];
  const leaf = ['-addext', 'basicConstraints=critical,CA:FALSE'];
  await openssl(...isNew, ...signed, ...leaf, '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.crt');
}

/** SSLRequest of the protocol: its length and code. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** A port of the loopback that leads to a server's unix socket. */
export interface Front {
  readonly port: number;
  /** Of the connections that were led to the server, in order. */
  readonly kinds: ('tls' | 'plain')[];
  close(): void;
}

/** Opens a front that speaks TLS with the certificates of a folder, or, without, knows no TLS. */
export async function startFront(socket: string, certificates: string | null): Promise<Front> {
  const file = (name: string) => readFile(join(certificates ?? '', name));
  const identity = certificates === null ? null : { cert: await file('server.crt'), key: await file('server.key') };
  const kinds: Front['kinds'] = [];
  const lead = (client: Socket, greeting: Buffer, kind: 'tls' | 'plain') => {
    kinds.push(kind);
    const upstream = connect(socket);
    upstream.write(greeting);
    client.pipe(upstream).pipe(client);
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  };
  const server = createServer((client) => {
    client.on('error', () => client.destroy());
    client.once('data', (first) => {
      if (!first.equals(SSL_REQUEST)) return lead(client, first, 'plain');
      client.write(identity === null ? 'N' : 'S');
      if (identity === null) return;
      const secure = new TLSSocket(client, { isServer: true, ...identity });
      secure.on('error', () => client.destroy());
      secure.once('data', (greeting) => lead(secure, greeting, 'tls'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, kinds, close: () => void server.close() };
}
