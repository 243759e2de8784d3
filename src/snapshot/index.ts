/** The files of a snapshot: paths, format, opening and writing. */
export { compareCodePoints, manifestDigest, readableJson, sha256 } from './canonical.ts';
export { openSnapshot } from './open.ts';
export {
  CATALOGS_FOLDER,
  type Folder,
  MANIFEST_FILE,
  PLANS_FILE,
  RELATIONS_FOLDER,
  relationPath,
  schemasOf,
} from './paths.ts';
export { openWriter, type SnapshotWriter } from './writer.ts';
