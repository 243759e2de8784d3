import type { Manifest } from '../model/snapshot.ts';

export const MANIFEST_FILE = 'manifest.json';
/** The most bytes that are read of it; each relation has a hundred. */
export const MAX_MANIFEST = 64 * 1024 * 1024;
/** Production's own plans, where they were taken. */
export const PLANS_FILE = 'plans.json';
export const RELATIONS_FOLDER = 'relations';
/** System catalogs, where they were taken. */
export const CATALOGS_FOLDER = 'catalogs';

export type Folder = typeof RELATIONS_FOLDER | typeof CATALOGS_FOLDER;

/** Path of a relation's file inside a snapshot: safe on every file system, also those that ignore case or normalize. */
export function relationPath(schemaname: string, relname: string, folder: Folder = RELATIONS_FOLDER): string {
  return `${folder}/${encodeName(schemaname)}/${encodeName(relname)}.json`;
}

/** A path that relationPath can have made. A manifest is input: it must not lead out of its folder. */
export function isRelationPath(path: string, folder: Folder = RELATIONS_FOLDER): boolean {
  return path.startsWith(`${folder}/`) && /^[a-z]+\/[a-z0-9_%A-F-]+\/[a-z0-9_%A-F-]+\.json$/.test(path);
}

/** The schemas a snapshot has relations of, in the order of their paths. */
export function schemasOf({ files }: Pick<Manifest, 'files'>): string[] {
  const folders = Object.keys(files).flatMap((path) => path.split('/')[1] ?? []);
  return [...new Set(folders)].sort().map(decodeURIComponent);
}

/** Names Windows keeps for devices, whatever their extension. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/** Percent-encodes every byte of UTF-8 but lower-case letters, digits, `_` and `-`. */
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
