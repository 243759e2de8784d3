import type { Random } from './random.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Stands for what JSON.stringify cannot write, until the text is made. */
const NESTED = '\u{f8ff}nested';
const RAW = '\u{f8ff}raw:';

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  2,
  0.1,
  1.5,
  -2.5,
  100,
  1e9,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  2 ** 53 + 2,
  1e21,
  1e308,
  -1e308,
  5e-324,
];

/** A document with one to four values changed, removed, added, moved or nested; `words` are texts to put in. */
export function mutatedJson(value: unknown, random: Random, words: readonly string[]): string {
  const root = { value: structuredClone(value) as Json };
  for (let edits = random.size(4); edits > 0; edits--) edit(root, random, words);
  return written(root.value, random);
}

/** A place in a document: a value's parent, and its key. */
interface Spot {
  readonly parent: Json[] | { [key: string]: Json };
  readonly key: string;
}

function spotsOf(root: { [key: string]: Json }): Spot[] {
  const spots: Spot[] = [];
  const open: (Json[] | { [key: string]: Json })[] = [root];
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    for (const [key, value] of Object.entries(parent)) {
      spots.push({ parent, key });
      if (typeof value === 'object' && value !== null) open.push(value);
    }
  }
  return spots;
}

function edit(root: { [key: string]: Json }, random: Random, words: readonly string[]): void {
  const spots = spotsOf(root);
  const { parent, key } = random.pick(spots);
  const value = at(parent, key);
  const other = random.pick(spots);
  const elsewhere = structuredClone(at(other.parent, other.key));
  switch (random.below(9)) {
    case 0:
      if (parent !== root) remove(parent, key);
      break;
    case 1:
      put(parent, key, anything(random, words));
      break;
    case 2:
      put(parent, key, elsewhere);
      break;
    case 3:
      add(value, elsewhere, random, words);
      break;
    case 4:
      add(value, anything(random, words), random, words);
      break;
    case 5:
      if (Array.isArray(value) && value.length > 0) value.push(...copies(value, random));
      else put(parent, key, alike(value, random, words));
      break;
    default:
      put(parent, key, alike(value, random, words));
  }
}

/** Copies of elements of a list. */
function copies(list: readonly Json[], random: Random): Json[] {
  return Array.from({ length: random.size(30) }, () => structuredClone(random.pick(list)));
}

function at(parent: Json[] | { [key: string]: Json }, key: string): Json {
  return (parent as { [key: string]: Json })[key] ?? null;
}

function put(parent: Json[] | { [key: string]: Json }, key: string, value: Json): void {
  Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
}

function remove(parent: Json[] | { [key: string]: Json }, key: string): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

function add(to: Json, value: Json, random: Random, words: readonly string[]): void {
  if (Array.isArray(to)) to.splice(random.below(to.length + 1), 0, value);
  else if (typeof to === 'object' && to !== null) put(to, random.pick(words), value);
}

/** Another value of the same type. */
function alike(value: Json, random: Random, words: readonly string[]): Json {
  if (typeof value === 'number') return random.chance(0.5) ? random.pick(NUMBERS) : value + random.pick([1, -1, 0.5]);
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return text(value, random, words);
  return value === null ? anything(random, words) : value;
}

function text(value: string, random: Random, words: readonly string[]): string {
  const cut = random.below(value.length + 1);
  switch (random.below(4)) {
    case 0:
      return random.pick(words);
    case 1:
      return value.slice(0, cut) + random.pick(words) + value.slice(cut);
    case 2:
      return value.slice(0, cut);
    default:
      return (value.slice(0, cut) || random.pick(words)).repeat(random.size(200)).slice(0, 20_000);
  }
}

function anything(random: Random, words: readonly string[]): Json {
  const scalars: Json[] = [null, true, false, random.pick(NUMBERS), random.pick(words), `${RAW}1e400`, `${RAW}-1e400`];
  switch (random.below(8)) {
    case 0:
      return [];
    case 1:
      return {};
    case 2:
      return [random.pick(scalars)];
    case 3:
      return { [random.pick(words)]: random.pick(scalars) };
    case 4:
      return random.chance(0.2) ? NESTED : random.pick(scalars);
    default:
      return random.pick(scalars);
  }
}

function written(value: Json, random: Random): string {
  const json = JSON.stringify(value);
  if (!json.includes('\u{f8ff}')) return json;
  const depth = random.size(45_000);
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"plans":[', ']}'],
    ['{"a":', '}'],
  ] as const);
  const times = Math.min(depth, Math.floor(90_000 / (open.length + close.length)));
  const core = open === '{"a":' ? '1' : '';
  return json
    .replaceAll(`"${NESTED}"`, () => open.repeat(times) + core + close.repeat(times))
    .replaceAll(new RegExp(`"${RAW}([^"]*)"`, 'g'), '$1');
}
