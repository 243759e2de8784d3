import { RegressError } from '../../model/errors.ts';
import type { DependencyItem, NdistinctItem } from '../../model/snapshot.ts';

/** STATS_NDISTINCT_MAGIC, STATS_DEPS_MAGIC and their type 1 (statistics/statistics.h). */
const NDISTINCT_MAGIC = 0xa352bfa4;
const DEPENDENCIES_MAGIC = 0xb4549a2c;
const BASIC_TYPE = 1;
const HEADER_BYTES = 12;

/** Columns of a table by attribute number. */
export type AttributeNames = ReadonlyMap<number, string>;

/**
 * Decodes a pg_ndistinct that was cast to bytea (statext_ndistinct_serialize in mvdistinct.c). The text form would round
 * to whole numbers; the bytes hold the float8. Throws RegressError `snapshot` for anything else.
 */
export function decodeNdistinct(bytes: Buffer, names: AttributeNames): NdistinctItem[] {
  return decodeItems(bytes, NDISTINCT_MAGIC, 4, names).map(({ value, attributes }) => ({
    attributes,
    ndistinct: value,
  }));
}

/** Like decodeNdistinct, for a pg_dependencies cast to bytea (statext_dependencies_serialize in dependencies.c). */
export function decodeDependencies(bytes: Buffer, names: AttributeNames): DependencyItem[] {
  return decodeItems(bytes, DEPENDENCIES_MAGIC, 2, names).map(({ value, attributes }) => ({
    attributes,
    degree: value,
  }));
}

interface Item {
  readonly value: number;
  readonly attributes: readonly string[];
}

/** Both have a header (magic, type, count) and items: a float8, a count of `countBytes` bytes, int16 attribute numbers. */
function decodeItems(bytes: Buffer, magic: number, countBytes: 2 | 4, names: AttributeNames): Item[] {
  const read = readerOf(bytes, magic);
  const count = read.uint32(8);
  const items: Item[] = [];
  let offset = HEADER_BYTES;
  for (let i = 0; i < count; i++) {
    const value = read.float8(offset);
    const attributeCount = countBytes === 2 ? read.int16(offset + 8) : read.uint32(offset + 8);
    offset += 8 + countBytes;
    const attributes = Array.from({ length: attributeCount }, (_, n) => nameOf(read.int16(offset + 2 * n), names));
    offset += 2 * attributeCount;
    items.push({ value, attributes });
  }
  if (offset !== bytes.length) throw undecodable(`${bytes.length - offset} bytes are left after ${count} items`);
  return items;
}

function readerOf(bytes: Buffer, magic: number) {
  if (bytes.length < HEADER_BYTES) throw undecodable(`it has ${bytes.length} bytes`);
  const little = bytes.readUInt32LE(0) === magic;
  if (!little && bytes.readUInt32BE(0) !== magic) throw undecodable('its magic number is unknown');
  const checked = (offset: number, length: number): number => {
    if (offset + length > bytes.length) throw undecodable('it ends in the middle of an item');
    return offset;
  };
  const read = {
    uint32: (at: number) => (little ? bytes.readUInt32LE(checked(at, 4)) : bytes.readUInt32BE(checked(at, 4))),
    int16: (at: number) => (little ? bytes.readInt16LE(checked(at, 2)) : bytes.readInt16BE(checked(at, 2))),
    float8: (at: number) => (little ? bytes.readDoubleLE(checked(at, 8)) : bytes.readDoubleBE(checked(at, 8))),
  };
  if (read.uint32(4) !== BASIC_TYPE) throw undecodable(`its type is ${read.uint32(4)}`);
  return read;
}

/** Negative numbers stand for the statistics object's expressions, from -1. */
function nameOf(attnum: number, names: AttributeNames): string {
  if (attnum < 0) return String(attnum);
  const name = names.get(attnum);
  if (name === undefined) throw undecodable(`it names attribute ${attnum}, which the table does not have`);
  return name;
}

function undecodable(reason: string): RegressError {
  return new RegressError('snapshot', 'cannot decode a statistics object of the source', {
    detail: `The server's bytes are not laid out as expected: ${reason}.`,
  });
}
