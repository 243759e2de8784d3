import { setTimeout as pause } from 'node:timers/promises';
import type { Unreadable } from '../../model/snapshot.ts';
import { type Connection, DatabaseError } from '../../postgres/index.ts';
import { isConflict, isLocked } from '../source-session.ts';
import { type CaptureContext, type Captured, capturePage } from './capture.ts';
import { lockedTables } from './locked.ts';
import { type ListedRelation, pagesOf } from './relations.ts';

/** A relation that could not be read. */
export interface Uncaptured {
  readonly oid: number;
  readonly relation: null;
  readonly unreadable: readonly Unreadable[];
}

export interface CaptureOptions extends CaptureContext {
  /** Milliseconds for which tables that somebody has locked are tried again, when all others were read. */
  readonly patience: number;
}

/** Relations to be read later, with what the server said of them. */
type Later = Map<ListedRelation, string>;

/** Locked tables are looked at so often. */
const LOOK_AGAIN_MS = 250;

/**
 * Reads relations page by page, so that neither memory nor a transaction grows with the database. A page the server
 * refuses is read again relation by relation, so that one broken relation costs only itself. One that is locked is read
 * at the end, when it no longer is, and named where that takes too long. One that was dropped meanwhile is left out.
 * Throws DatabaseError where the session was ended, or where recovery stays in the way.
 */
export async function* captureRelations(
  connection: Connection,
  relations: readonly ListedRelation[],
  options: CaptureOptions,
): AsyncGenerator<Captured | Uncaptured> {
  const later: Later = new Map();
  yield* readPages(connection, relations, options, later);
  const until = Date.now() + options.patience;
  while (later.size > 0 && Date.now() < until) {
    const locked = await lockedTables(connection);
    const free = [...later.keys()].filter(({ oid }) => !locked.has(oid));
    for (const relation of free) later.delete(relation);
    yield* readPages(connection, free, options, later);
    if (later.size > 0) await pause(LOOK_AGAIN_MS);
  }
  for (const [relation, reason] of later) yield uncaptured(relation, reason);
}

async function* readPages(
  connection: Connection,
  relations: readonly ListedRelation[],
  context: CaptureContext,
  later: Later,
): AsyncGenerator<Captured | Uncaptured> {
  for (const page of pagesOf(relations)) {
    const wanted = page.filter((relation) => !later.has(relation));
    if (wanted.length === 0) continue;
    const whole = await refusable(() => capturePage(connection, oidsOf(wanted), context));
    if (whole.ok) yield* whole.value;
    else if (!isLocked(whole.error)) yield* readAlone(connection, wanted, context, later);
    else {
      // One look tells the locks on all that is still to be read, so that they are waited for once.
      const locked = await lockedTables(connection);
      for (const relation of relations.slice(relations.indexOf(page[0] as ListedRelation))) {
        if (locked.has(relation.oid)) later.set(relation, whole.error.message);
      }
      const free = wanted.filter((relation) => !later.has(relation));
      if (free.length < wanted.length) yield* readPages(connection, free, context, later);
      else yield* readAlone(connection, free, context, later);
    }
  }
}

/** So many relations in turn are waited for in vain before the rest of a page is left for later. */
const WAITS = 3;

async function* readAlone(
  connection: Connection,
  relations: readonly ListedRelation[],
  context: CaptureContext,
  later: Later,
): AsyncGenerator<Captured | Uncaptured> {
  let waits = 0;
  let reason = '';
  for (const relation of relations) {
    if (waits === WAITS) {
      later.set(relation, reason);
      continue;
    }
    const read = await captureAlone(connection, relation, context);
    if (read.ok) yield* read.value;
    else if (isLocked(read.error)) {
      waits += 1;
      reason = read.error.message;
      later.set(relation, reason);
    } else if (isConflict(read.error)) throw read.error;
    else yield uncaptured(relation, read.error.message);
  }
}

/** ERRCODE_QUERY_CANCELED: another try would take as long. */
const CANCELED = '57014';

/** Tries again without array_send(), which fails where a type's own send function does. */
async function captureAlone(connection: Connection, { oid }: ListedRelation, context: CaptureContext) {
  const usual = await refusable(() => capturePage(connection, [oid], context));
  if (usual.ok || isLocked(usual.error) || isConflict(usual.error) || usual.error.code === CANCELED) return usual;
  return refusable(() => capturePage(connection, [oid], { ...context, elementTypes: false }));
}

type Read = { readonly ok: true; readonly value: Captured[] } | { readonly ok: false; readonly error: DatabaseError };

/** The server's refusal as a value; that it ended the session is thrown. */
async function refusable(work: () => Promise<Captured[]>): Promise<Read> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (!(error instanceof DatabaseError) || (error.severity === 'FATAL' && !isConflict(error))) throw error;
    return { ok: false, error };
  }
}

function oidsOf(relations: readonly ListedRelation[]): number[] {
  return relations.map(({ oid }) => oid);
}

function uncaptured({ oid, name }: ListedRelation, reason: string): Uncaptured {
  return { oid, relation: null, unreadable: [{ object: name, what: 'relation', reason, hint: null, fatal: true }] };
}
