import { describe, expect, it } from 'vitest';
import { encodeDependencies, encodeNdistinct } from '../../src/restore/catalogs/extended-bytes.ts';

const columns = new Map([
  ['a', 1],
  ['b', 2],
  ['c', 3],
]);

describe('encodeNdistinct', () => {
  it.each([
    { title: 'no item', items: [], hex: 'a4bf52a3 01000000 00000000' },
    {
      title: 'two columns',
      items: [{ attributes: ['a', 'b'], ndistinct: 2916 }],
      hex: 'a4bf52a3 01000000 01000000 0000000000c8a640 02000000 0100 0200',
    },
    {
      title: 'a column and two expressions',
      items: [{ attributes: ['c', '-1', '-2'], ndistinct: 1 }],
      hex: 'a4bf52a3 01000000 01000000 000000000000f03f 03000000 0300 ffff feff',
    },
    {
      title: 'columns that stand in another order in the target',
      items: [{ attributes: ['-1', 'c', 'a'], ndistinct: 1 }],
      hex: 'a4bf52a3 01000000 01000000 000000000000f03f 03000000 0100 0300 ffff',
    },
  ])('encodes $title', ({ items, hex }) => {
    expect(encodeNdistinct(items, columns).toString('hex')).toBe(hex.replaceAll(' ', ''));
  });

  it('takes a column named like an expression for the column', () => {
    const bytes = encodeNdistinct([{ attributes: ['-1', 'a'], ndistinct: 1 }], new Map([...columns, ['-1', 9]]));
    expect(bytes.subarray(-4).toString('hex')).toBe('01000900');
  });

  it('refuses a column the target lacks', () => {
    expect(() => encodeNdistinct([{ attributes: ['a', 'gone'], ndistinct: 1 }], columns)).toThrow(/"gone"/);
  });
});

describe('encodeDependencies', () => {
  it('keeps the dependent at the end and sorts what determines it', () => {
    const bytes = encodeDependencies([{ attributes: ['c', 'b', 'a'], degree: 0.75 }], columns);
    expect(bytes.toString('hex')).toBe(
      '2c9a54b4 01000000 01000000 000000000000e83f 0300 0200 0300 0100'.replaceAll(' ', ''),
    );
  });

  it('keeps the order of items, which decides between equal degrees', () => {
    const items = [
      { attributes: ['b', 'a'], degree: 1 },
      { attributes: ['a', 'b'], degree: 1 },
    ];
    const bytes = encodeDependencies(items, columns);
    expect(bytes.subarray(12).toString('hex')).toBe('000000000000f03f020002000100' + '000000000000f03f020001000200');
  });
});
