import type { Dice } from './dice.ts';
import type { Side } from './framing.ts';

const HEADER = 5;
/** No message of either side has one of these types. */
const NO_TYPES = [0x00, 0x01, 0x21, 0x7e, 0x80, 0xff];

/** A message whose type is none. */
export function withoutType(message: Buffer, dice: Dice): Buffer {
  const garbled = Buffer.from(message);
  garbled[0] = dice.one(NO_TYPES);
  return garbled;
}

/** A message that says another length than it has: less, more, much more, or less than the length itself takes. */
export function withOtherLength(message: Buffer, dice: Dice): Buffer {
  const garbled = Buffer.from(message);
  const length = message.readUInt32BE(1);
  const others = [length + dice.between(1, 300), Math.max(5, length - dice.between(1, 20)), dice.between(0, 3)];
  garbled.writeUInt32BE(dice.one([...others, 0x40000000, 0xffffffff]), 1);
  return garbled;
}

/**
 * A message whose length is right and whose content cannot be: the number of columns of a row, the length of a value, or
 * what ends a text. Null for one that holds nothing of the kind.
 */
export function withBrokenContent(message: Buffer, side: Side, dice: Dice): Buffer | null {
  const type = String.fromCharCode(message[0] ?? 0);
  const garbled = Buffer.from(message);
  if (side === 'server' && ['D', 'T', 't'].includes(type) && message.length > HEADER + 2) {
    const hasValue = type === 'D' && message.readInt16BE(HEADER) > 0 && dice.chance() < 0.5;
    if (hasValue) garbled.writeInt32BE(message.length + dice.between(1, 5000), HEADER + 2);
    else garbled.writeInt16BE(message.readInt16BE(HEADER) + dice.between(1, 500), HEADER);
    return garbled;
  }
  if (side === 'client' && ['P', 'Q', 'B'].includes(type)) {
    // Texts end with a zero byte.
    for (let at = HEADER; at < garbled.length; at += 1) if (garbled[at] === 0) garbled[at] = 0x41;
    return garbled;
  }
  return null;
}

/** Random bytes in the middle: of a TLS record, whose checksum then fails, or of a value, which nobody can tell. */
export function withOtherBytes(message: Buffer, dice: Dice, from = HEADER): Buffer {
  const garbled = Buffer.from(message);
  if (message.length <= from) return garbled;
  for (let times = dice.between(1, 4); times > 0; times -= 1) {
    const at = dice.between(from, message.length - 1);
    garbled[at] = (garbled[at] as number) ^ dice.between(1, 255);
  }
  return garbled;
}

/** A row of the server one of whose values has other digits or letters: well-formed, and nobody can tell. Null where there is none. */
export function withOtherValue(message: Buffer, dice: Dice): Buffer | null {
  if (String.fromCharCode(message[0] ?? 0) !== 'D') return null;
  const garbled = Buffer.from(message);
  const places = valuePlaces(message).filter((at) => isDigitOrLetter(message[at] as number));
  if (places.length === 0) return null;
  for (let times = dice.between(1, 3); times > 0; times -= 1) {
    const at = dice.one(places);
    const isDigit = (message[at] as number) <= 0x39;
    garbled[at] = isDigit ? 0x30 + dice.between(0, 9) : 0x61 + dice.between(0, 25);
  }
  return garbled;
}

/** Where the bytes of a DataRow's values are. */
function valuePlaces(message: Buffer): number[] {
  const places: number[] = [];
  let at = HEADER + 2;
  for (let column = message.readInt16BE(HEADER); column > 0 && at + 4 <= message.length; column -= 1) {
    const length = message.readInt32BE(at);
    at += 4;
    for (let byte = 0; byte < length; byte += 1) places.push(at + byte);
    at += Math.max(0, length);
  }
  return places;
}

function isDigitOrLetter(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a);
}
