import type { Manifest } from '../model/snapshot.ts';

export const MANIFEST_FILE = 'manifest.json';
/** Bytes that are read of the manifest, at most; each relation takes about a hundred. */
export const MAX_MANIFEST = 64 * 1024 * 1024;
/** Production's own plans, if they were taken. */
export const PLANS_FILE = 'plans.json';
export const RELATIONS_FOLDER = 'relations';
/** System catalogs, if they were taken. */
export const CATALOGS_FOLDER = 'catalogs';

export type Folder = typeof RELATIONS_FOLDER | typeof CATALOGS_FOLDER;

/** Path of a relation's file in a snapshot: safe on every file system, even if it ignores case or normalizes names. */
export function relationPath(schemaname: string, relname: string, folder: Folder = RELATIONS_FOLDER): string {
  return `${folder}/${encodeName(schemaname)}/${encodeName(relname)}.json`;
}

/** True for a path that relationPath can return. A manifest is input: its paths must not lead out of the folder. */
export function isRelationPath(path: string, folder: Folder = RELATIONS_FOLDER): boolean {
  return path.startsWith(`${folder}/`) && /^[a-z]+\/[a-z0-9_%A-F-]+\/[a-z0-9_%A-F-]+\.json$/.test(path);
}

/** The schemas that a snapshot has relations of, in the order of their paths. */
export function schemasOf({ files }: Pick<Manifest, 'files'>): string[] {
  const folders = Object.keys(files).flatMap((path) => path.split('/')[1] ?? []);
  return [...new Set(folders)].sort().map(decodeURIComponent);
}

/** Names Windows keeps for devices, whatever their extension. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/** Percent-encodes every UTF-8 byte except lower-case letters, digits, `_` and `-`. */
function encodeName(name: string): string {
  const encoded = [...Buffer.from(name)].map((byte) => encodeByte(byte)).join('');
  return RESERVED.test(encoded) ? percent(encoded.charCodeAt(0)) + encoded.slice(1) : encoded;
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[a-z0-9_-]/.test(character) ? character : percent(byte);
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
