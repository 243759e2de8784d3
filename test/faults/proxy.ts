import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Dice } from './dice.ts';
import { asksForPlan, backendOf, type Framing, type Side, splitter } from './framing.ts';
import { withBrokenContent, withOtherBytes, withOtherLength, withOtherValue, withoutType } from './garble.ts';

/** What can happen to a message on its way. */
export const WIRE_FAULTS = [
  'cut',
  'half a message',
  'closed',
  'stalled',
  'type garbled',
  'length garbled',
  'content garbled',
  'session terminated',
  'statement canceled',
  'server crashed',
] as const;
/** What happens to a TLS record. */
export const TLS_FAULTS = ['record garbled', 'record repeated', 'record cut', 'reset'] as const;
/** What nobody can tell where there is no TLS; a socket of the same machine never does this. */
export const SILENT_FAULTS = ['value altered', 'message repeated'] as const;

export type WireFault =
  | (typeof WIRE_FAULTS)[number]
  | (typeof TLS_FAULTS)[number]
  | (typeof SILENT_FAULTS)[number]
  | 'meddled with'
  | 'conflict';

/** One fault, at one message of a run. */
export interface ArmedFault {
  readonly kind: WireFault;
  /** At which message, of all connections and both sides, beginning with 1. */
  readonly at: number;
  /** Whether it hits the whole network from then on, or one connection. */
  readonly everywhere: boolean;
  readonly dice: Dice;
  /**
   * Does what is done to the server itself; the message waits for it. Gets the server process of the session. True: it
   * is to be done again, some messages from there.
   */
  act?(backend: number | null): Promise<boolean>;
}

/** Stands between a client and a server, and does to one message what it is told. */
export interface WireProxy {
  /** A folder with a socket, or `localhost:PORT` for TLS. */
  readonly place: string;
  /** Forgets what passed, and does this to what comes; null: nothing. */
  arm(fault: ArmedFault | null): void;
  /** Messages since then. */
  passed(): number;
  /** Numbers of the messages that asked for a plan. */
  plansAsked(): readonly number[];
  /** What was done to which message; null where it did not come to that. */
  fired(): string | null;
  /** Ends all connections. */
  drop(): void;
  close(): Promise<void>;
}

interface Link {
  readonly sockets: Readonly<Record<Side, Socket>>;
  backend: number | null;
  /** Nothing passes any more. */
  stalled: boolean;
  /** Messages that wait while something is done to the server. */
  held: (() => void)[] | null;
}

/** Where a proxy leads to: the path of a socket, or a port of this machine. */
type Upstream = { readonly path: string } | { readonly port: number };

/** Opens a proxy: a unix socket for messages, a port of the loopback for TLS records. */
export async function openProxy(upstream: Upstream, framing: Framing): Promise<WireProxy> {
  const links = new Set<Link>();
  let armed: ArmedFault | null = null;
  let passed = 0;
  let plansAsked: number[] = [];
  let fired: string | null = null;
  let network: 'up' | 'stalled' | 'down' = 'up';

  const end = (link: Link) => {
    for (const socket of Object.values(link.sockets)) socket.destroy();
    links.delete(link);
  };

  const hit = (fault: ArmedFault, link: Link, from: Side, message: Buffer): Buffer[] => {
    const to = link.sockets[from === 'client' ? 'server' : 'client'];
    const type = framing === 'records' ? 'record' : String.fromCharCode(message[0] ?? 0);
    const done = (what: string, parts: Buffer[]) => {
      fired = `${what} at ${passed} (${from}, ${type}, ${message.length} bytes)${fault.everywhere ? ', everywhere' : ''}`;
      return parts;
    };
    const garbledOr = (garbled: Buffer | null) => done(fault.kind, [garbled ?? withOtherLength(message, fault.dice)]);
    switch (fault.kind) {
      case 'cut':
        if (fault.everywhere) network = 'down';
        for (const one of fault.everywhere ? [...links] : [link]) end(one);
        return done('cut', []);
      case 'half a message':
      case 'record cut':
        to.write(message.subarray(0, Math.ceil(message.length / 2)), () => end(link));
        link.stalled = true;
        return done('half', []);
      case 'closed':
        for (const socket of Object.values(link.sockets)) socket.end();
        link.stalled = true;
        return done('closed', []);
      case 'reset':
        for (const socket of Object.values(link.sockets)) socket.resetAndDestroy();
        links.delete(link);
        return done('reset', []);
      case 'stalled':
        if (fault.everywhere) network = 'stalled';
        for (const one of fault.everywhere ? links : [link]) one.stalled = true;
        return done('stalled', []);
      case 'type garbled':
        return done('type', [withoutType(message, fault.dice)]);
      case 'length garbled':
        return done('length', [withOtherLength(message, fault.dice)]);
      case 'content garbled':
        return garbledOr(withBrokenContent(message, from, fault.dice));
      case 'record garbled':
        return done('record', [withOtherBytes(message, fault.dice)]);
      case 'record repeated':
      case 'message repeated':
        return done('repeated', [message, message]);
      case 'value altered':
        return done('value', [withOtherValue(message, fault.dice) ?? message]);
      default: {
        const waiting: (() => void)[] = [];
        link.held = waiting;
        const release = () => {
          link.held = null;
          for (const pass of waiting.splice(0)) pass();
        };
        const act = fault.act?.(link.backend) ?? Promise.resolve(false);
        void act
          .catch(() => false)
          .then((more) => {
            if (more && armed === fault) [armed, fired] = [{ ...fault, at: passed + fault.dice.between(3, 60) }, null];
            release();
          });
        return done(fault.kind, [message]);
      }
    }
  };

  const pass = (link: Link, from: Side, message: Buffer): void => {
    if (link.held !== null) return void link.held.push(() => pass(link, from, message));
    if (link.stalled || network === 'stalled') return;
    passed += 1;
    if (from === 'server') link.backend ??= backendOf(message);
    if (from === 'client' && asksForPlan(message)) plansAsked.push(passed);
    // A fault that this message cannot have waits for the next that can.
    const isDue = armed !== null && fired === null && passed >= armed.at && suits(armed.kind, from, message, framing);
    const parts = isDue && armed !== null ? hit(armed, link, from, message) : [message];
    const to = link.sockets[from === 'client' ? 'server' : 'client'];
    const write = () => {
      for (const part of parts) if (!to.destroyed) to.write(part);
    };
    if (link.held === null) write();
    else (link.held as (() => void)[]).unshift(write);
  };

  const accept = (client: Socket): void => {
    client.on('error', () => client.destroy());
    if (network === 'down') return void client.destroy();
    const server = connect(upstream as { port: number });
    const link: Link = { sockets: { client, server }, backend: null, stalled: false, held: null };
    links.add(link);
    for (const side of ['client', 'server'] as const) {
      const split = splitter(side, framing);
      const socket = link.sockets[side];
      const other = link.sockets[side === 'client' ? 'server' : 'client'];
      socket.on('data', (chunk: Buffer) => {
        for (const message of split(chunk)) pass(link, side, message);
      });
      socket.on('end', () => (link.stalled || network === 'stalled' ? undefined : other.end()));
      socket.on('error', () => (link.stalled ? undefined : end(link)));
      socket.on('close', () => (side === 'server' && !link.stalled ? client.end() : undefined));
    }
    client.on('close', () => end(link));
  };

  const folder = framing === 'messages' ? await mkdtemp('/tmp/regress-faults-') : null;
  const listener = createServer({ allowHalfOpen: false }, accept);
  await new Promise<void>((resolve) => {
    if (folder === null) listener.listen(0, '127.0.0.1', resolve);
    else listener.listen(join(folder, '.s.PGSQL.5432'), resolve);
  });
  const drop = () => {
    for (const link of [...links]) end(link);
  };
  return {
    place: folder ?? `localhost:${(listener.address() as AddressInfo).port}`,
    arm: (fault) => {
      drop();
      [armed, passed, plansAsked, fired, network] = [fault, 0, [], null, 'up'];
    },
    passed: () => passed,
    plansAsked: () => plansAsked,
    fired: () => fired,
    drop,
    close: async () => {
      drop();
      await new Promise((resolve) => listener.close(resolve));
      if (folder !== null) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whether a message can have a fault: a startup message has no type, and only rows have values. */
function suits(kind: WireFault, from: Side, message: Buffer, framing: Framing): boolean {
  const type = String.fromCharCode(message[0] ?? 0);
  if (framing === 'records') return message.length > 8;
  if (kind === 'value altered') return from === 'server' && type === 'D';
  if (kind === 'content garbled') return (from === 'server' ? 'DTt' : 'PQB').includes(type);
  if (kind === 'type garbled' || kind === 'length garbled') return message[0] !== 0;
  if (['session terminated', 'statement canceled', 'server crashed', 'conflict'].includes(kind)) {
    return from === 'client' && message[0] !== 0;
  }
  return true;
}
