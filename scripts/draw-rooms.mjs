// Draws the folders of src/ and their imports into docs/architecture.md. With --check it writes nothing and exits 1 if
// the picture there is another one.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = join(ROOT, 'docs/architecture.md');
const [BEGIN, END] = ['<!-- rooms: begin -->', '<!-- rooms: end -->'];

/** The floors of the house, from the top. Arrows into the last one are left out: nearly every folder stands on it. */
const FLOORS = [
  ['asks', ['cli', 'vitest']],
  ['composes', ['judging', 'planning']],
  ['works', ['source', 'restore', 'target', 'explain', 'predict', 'snapshot', 'workload']],
  ['knows', ['catalog', 'suite', 'sql', 'baseline', 'config', 'report', 'compare', 'environment', 'git']],
  ['stands on', ['model', 'postgres', 'yaml', 'files', 'cleanup', 'about']],
];

/** For each folder of src/ the folders it imports. */
function readArrows() {
  const arrows = new Map();
  for (const file of readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || !file.includes('/')) continue;
    const folder = file.split('/')[0];
    const targets = arrows.get(folder) ?? arrows.set(folder, new Set()).get(folder);
    for (const [, path] of readFileSync(join(ROOT, 'src', file), 'utf8').matchAll(
      /\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g,
    )) {
      const other = join(dirname(file), path).split('/')[0];
      if (other !== folder) targets.add(other);
    }
  }
  return arrows;
}

function reachable(arrows, from) {
  const found = new Set();
  const open = [...(arrows.get(from) ?? [])];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if (found.has(folder)) continue;
    found.add(folder);
    open.push(...(arrows.get(folder) ?? []));
  }
  return found;
}

/** Without arrows that others imply, which nobody could follow. */
function direct(arrows, folder) {
  const targets = [...arrows.get(folder)];
  return targets
    .filter((target) => !targets.some((via) => via !== target && reachable(arrows, via).has(target)))
    .sort();
}

function draw(arrows) {
  const rooms = FLOORS.flatMap(([, names]) => names);
  const unknown = [...arrows.keys()].filter((folder) => !rooms.includes(folder));
  if (unknown.length > 0) throw new Error(`give each folder a floor in scripts/draw-rooms.mjs: ${unknown.join(', ')}`);
  const ground = FLOORS.at(-1)[1];
  const floors = FLOORS.map(([name, names], at) => [
    `  subgraph floor${at} ["${name}"]`,
    ...names.map((room) => `    ${room}["src/${room}"]`),
    '  end',
  ]);
  const lines = rooms
    .filter((room) => !ground.includes(room))
    .flatMap((room) =>
      direct(arrows, room)
        .filter((target) => !ground.includes(target))
        .map((target) => `  ${room} --> ${target}`),
    );
  return ['```mermaid', 'flowchart TB', ...floors.flat(), ...lines, '```'].join('\n');
}

const page = readFileSync(PAGE, 'utf8');
const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
if (from < 0 || to < from) throw new Error(`docs/architecture.md lacks ${BEGIN} or ${END}`);
const drawn = `${page.slice(0, from)}${BEGIN}\n${draw(readArrows())}\n${page.slice(to)}`;
if (!process.argv.includes('--check')) writeFileSync(PAGE, drawn);
else if (drawn !== page) {
  console.error('docs/architecture.md shows other imports than src/ has: run npm run rooms');
  process.exitCode = 1;
}
