import { fromBytes, toBytes } from './mutate.ts';
import { mutatedJson } from './mutate-json.ts';
import type { Random } from './random.ts';

/** Stands between the files of an input that is several. */
const BETWEEN = '\n%%%%\n';

export const joinParts = (parts: readonly string[]): string => parts.join(BETWEEN);
export const splitParts = (input: string): string[] => input.split(BETWEEN);

/** Changes the values of one of the files, which are JSON; null where it is none. */
export function variedPart(words: readonly string[]): (input: string, random: Random) => string | null {
  return (input, random) => {
    const parts = splitParts(input);
    const at = random.below(parts.length);
    try {
      parts[at] = toBytes(mutatedJson(JSON.parse(fromBytes(parts[at] ?? '')), random, words));
      return joinParts(parts);
    } catch {
      return null;
    }
  };
}
