import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/model/manifest.ts';
import { compareCodePoints, manifestDigest, readableJson } from '../../src/snapshot/canonical.ts';

describe('readableJson', () => {
  it('sorts keys at every level by code point, keeps the order of lists, and ends the last line', () => {
    expect(readableJson({ b: [{ z: 1, A: null }, 2], a: 'ü' })).toBe(
      '{\n  "a": "ü",\n  "b": [\n    {\n      "A": null,\n      "z": 1\n    },\n    2\n  ]\n}\n',
    );
  });

  it.each([0.1, -1, 1e-5, 5e-324, 1.7976931348623157e308, 16777217, 0.3319217046250292])(
    'prints %d so that it is read back exactly',
    (value) => {
      expect(JSON.parse(readableJson({ value })).value).toBe(value);
    },
  );
});

describe('compareCodePoints', () => {
  it('orders a character outside the basic plane after all inside', () => {
    expect(['\u{1F600}', '\uFF5E', 'b', 'a'].sort(compareCodePoints)).toEqual(['a', 'b', '\uFF5E', '\u{1F600}']);
  });
});

describe('manifestDigest', () => {
  const manifest = { capturedAt: 'now', regress: '1', settings: { work_mem: '4096', a: 'b' }, values: true };
  const digest = (change: object): string => manifestDigest({ ...manifest, ...change } as unknown as Manifest);

  it('does not depend on when and by which regress it was taken, nor on the order of keys', () => {
    expect(digest({ capturedAt: 'later', regress: '2', digest: 'x' })).toBe(digest({}));
    expect(digest({ settings: { a: 'b', work_mem: '4096' } })).toBe(digest({}));
  });

  it('depends on everything else', () => {
    expect(digest({ settings: { work_mem: '4097', a: 'b' } })).not.toBe(digest({}));
    expect(digest({ values: false })).not.toBe(digest({}));
  });
});
