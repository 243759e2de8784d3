import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import type { Manifest } from '../model/snapshot.ts';

/** Compares texts by code point, which is also the order of their UTF-8 bytes. */
export function compareCodePoints(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The form of a committed file: two-space JSON, keys sorted by code point, a newline at the end. */
export function readableJson(value: unknown): string {
  return `${JSON.stringify(sortKeys(value), undefined, 2)}\n`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => compareCodePoints(a, b));
  return Object.fromEntries(entries.map(([key, each]) => [key, sortKeys(each)]));
}

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Digest of everything in a manifest that comes from production, without times, plans and the version of regress. */
export function manifestDigest(manifest: Omit<Manifest, 'digest'>): string {
  const {
    capturedAt: _,
    capturedUntil: ______,
    regress: __,
    digest: ___,
    transactions: ____,
    plans: _____,
    ...content
  } = manifest as Manifest;
  return sha256(stringify(content));
}
