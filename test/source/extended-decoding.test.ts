import { describe, expect, it } from 'vitest';
import { decodeDependencies, decodeNdistinct } from '../../src/source/read/extended-decoding.ts';

const NAMES = new Map([
  [1, 'a'],
  [3, 'b'],
]);

/** Items as PostgreSQL lays them out: a header of three uint32, then float8, a count and int16 attribute numbers. */
function serialized(magic: number, countBytes: 2 | 4, items: [number, number[]][], big = false): Buffer {
  const header = Buffer.alloc(12);
  const uint32 = (buffer: Buffer, value: number, at: number) =>
    big ? buffer.writeUInt32BE(value, at) : buffer.writeUInt32LE(value, at);
  uint32(header, magic, 0);
  uint32(header, 1, 4);
  uint32(header, items.length, 8);
  const bodies = items.map(([value, attributes]) => {
    const body = Buffer.alloc(8 + countBytes + 2 * attributes.length);
    if (big) body.writeDoubleBE(value);
    else body.writeDoubleLE(value);
    if (countBytes === 4) uint32(body, attributes.length, 8);
    else if (big) body.writeInt16BE(attributes.length, 8);
    else body.writeInt16LE(attributes.length, 8);
    for (const [i, attnum] of attributes.entries()) {
      const at = 8 + countBytes + 2 * i;
      if (big) body.writeInt16BE(attnum, at);
      else body.writeInt16LE(attnum, at);
    }
    return body;
  });
  return Buffer.concat([header, ...bodies]);
}

const NDISTINCT = 0xa352bfa4;
const DEPENDENCIES = 0xb4549a2c;

describe('decodeNdistinct', () => {
  it.each([
    ['no item', [], []],
    ['columns by name', [[2916.5, [1, 3]]], [{ attributes: ['a', 'b'], ndistinct: 2916.5 }]],
    ['expressions by number', [[7, [3, -1, -2]]], [{ attributes: ['b', '-1', '-2'], ndistinct: 7 }]],
    [
      'several items',
      [
        [1, [1, 3]],
        [1 / 3, [-1, -2]],
      ],
      [
        { attributes: ['a', 'b'], ndistinct: 1 },
        { attributes: ['-1', '-2'], ndistinct: 1 / 3 },
      ],
    ],
  ] as [string, [number, number[]][], unknown][])('decodes %s', (_, items, expected) => {
    expect(decodeNdistinct(serialized(NDISTINCT, 4, items), NAMES)).toEqual(expected);
    expect(decodeNdistinct(serialized(NDISTINCT, 4, items, true), NAMES)).toEqual(expected);
  });

  const whole = serialized(NDISTINCT, 4, [[5, [1, 3]]]);
  it.each([
    ['a number of another kind', serialized(DEPENDENCIES, 4, []), 'its magic number is unknown'],
    ['nothing', Buffer.alloc(0), 'it has 0 bytes'],
    ['an item cut short', whole.subarray(0, -1), 'it ends in the middle of an item'],
    ['bytes after the last item', Buffer.concat([whole, Buffer.alloc(2)]), '2 bytes are left after 1 items'],
    ['an unknown column', serialized(NDISTINCT, 4, [[5, [2, 3]]]), 'it names attribute 2'],
  ])('refuses %s', (_, bytes, reason) => {
    expect(() => decodeNdistinct(bytes, NAMES)).toThrow(
      expect.objectContaining({ code: 'snapshot', detail: expect.stringContaining(reason) }),
    );
  });
});

describe('decodeDependencies', () => {
  it('keeps every digit of a degree', () => {
    const bytes = serialized(DEPENDENCIES, 2, [[0.3319217046250292, [3, 1]]]);
    expect(decodeDependencies(bytes, NAMES)).toEqual([{ attributes: ['b', 'a'], degree: 0.3319217046250292 }]);
  });
});
