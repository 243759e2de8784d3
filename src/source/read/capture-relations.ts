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
  /** Milliseconds to keep trying locked tables, after all others were read. */
  readonly patience: number;
}

/** Relations to read later, with the server's message for each. */
type Later = Map<ListedRelation, string>;

/** Pause between two looks at the locked tables. */
const LOOK_AGAIN_MS = 250;

/**
 * Reads relations page by page, so that neither memory nor a transaction grows with the database. If the server refuses a
 * page, its relations are read one by one, so that one broken relation costs only itself. A locked relation is read at the
 * end, when it is free, or reported as unreadable if that takes too long. A relation that was dropped meanwhile is left
 * out. Throws DatabaseError if the session was ended, or if recovery keeps canceling statements.
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
      // One look finds the locks on all relations still to be read, so that we wait for them only once.
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

/** After this many lock waits in vain, the rest of a page is left for later. */
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

/** Tries again without array_send(), which fails if a type's own send function does. */
async function captureAlone(connection: Connection, { oid }: ListedRelation, context: CaptureContext) {
  const usual = await refusable(() => capturePage(connection, [oid], context));
  if (usual.ok || isLocked(usual.error) || isConflict(usual.error) || usual.error.code === CANCELED) return usual;
  return refusable(() => capturePage(connection, [oid], { ...context, elementTypes: false }));
}

type Read = { readonly ok: true; readonly value: Captured[] } | { readonly ok: false; readonly error: DatabaseError };

/** Returns the server's refusal as a value. Throws if the session was ended. */
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
