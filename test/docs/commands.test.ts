import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testMajors } from '../support/servers.ts';
import { type Block, documentationPages, readPage, type Scene, scenesOf, shownCommands } from './markdown.ts';
import { outputDifference } from './output.ts';
import { closeStage, openStage, type Server, type Stage, startShopServer } from './stage.ts';

/** The baselines and the snapshot of the example are of it, and so are the outputs in the pages. */
const MAJOR = 15;

const scenes = documentationPages().flatMap((file) => scenesOf(file, readPage(file)));
const blocks = scenes.flatMap((scene) => scene.blocks.filter(({ kind }) => kind !== 'setup'));
const notRun = blocks.filter(({ noRun }) => noRun !== null);
const majors = await testMajors();

const at = ({ file, line }: { file: string; line: number }) => `${file}:${line}`;

it('finds the command blocks of the pages', () => {
  expect(blocks.length).toBeGreaterThan(20);
  const fences = documentationPages().map(
    (file) => readPage(file).match(/^\s*```(sh|console|bash|shell)\b/gm)?.length ?? 0,
  );
  expect(blocks.length).toBe(fences.reduce((sum, count) => sum + count, 0));
});

it('runs all of them but a few, each of which has a reason', () => {
  for (const block of notRun) console.log(`not run: ${at(block)}: ${block.noRun}`);
  expect(notRun.filter(({ noRun }) => noRun === '').map(at)).toEqual([]);
  expect(notRun.length).toBeLessThan(blocks.length / 3);
});

it('knows where each is to be run', () => {
  const homeless = scenes.filter((scene) => scene.stage === null && scene.blocks.some(({ noRun }) => noRun === null));
  expect(
    homeless.map((scene) => `${at(scene)}: say <!-- run: shop --> or <!-- run: example --> above the block`),
  ).toEqual([]);
});

describe.skipIf(!majors.includes(MAJOR))('commands in the docs', () => {
  let server: Server;

  beforeAll(async () => {
    server = await startShopServer(MAJOR);
  });

  const runnable = scenes.filter(
    (scene) => scene.stage !== null && scene.blocks.some(({ kind, noRun }) => kind !== 'setup' && noRun === null),
  );

  for (const scene of runnable) {
    const [name, needed] = (scene.stage as string).split(/, with /) as [string, string?];
    const isHere = needed === undefined || majors.includes(Number(needed));
    if (!isHere) console.warn(`SKIPPED: ${at(scene)} needs PostgreSQL ${needed} (REGRESS_TEST_PG_CONFIGS)`);
    it.skipIf(!isHere)(`${at(scene)} (${name})`, async () => {
      const stage = await openStage(name, server);
      try {
        await play(stage, scene);
      } finally {
        await closeStage(stage);
      }
    });
  }
});

if (!majors.includes(MAJOR)) console.warn(`SKIPPED: commands in the docs need PostgreSQL ${MAJOR}`);

afterAll(() => {
  // Where it is seen: what a reader takes on trust.
  if (notRun.length > 0) console.log(`${notRun.length} of ${blocks.length} command blocks in the docs are not run`);
});

async function play(stage: Stage, scene: Scene): Promise<void> {
  for (const block of scene.blocks) {
    if (block.noRun !== null) continue;
    if (block.kind === 'console') await playConsole(stage, block);
    else await playScript(stage, block);
  }
}

async function playScript(stage: Stage, block: Block): Promise<void> {
  const { status, all } = await stage.run(`set -euo pipefail\n${block.text}`);
  expect(status, `${at(block)} ended with ${status}:\n${block.text}\n\n${all}`).toBe(block.exit);
}

const MARK = '@@ended@@';

/** Each command is given the exit status of the one before, as at a prompt; one behind which `echo $?` stands may end with any. */
async function playConsole(stage: Stage, block: Block): Promise<void> {
  const shown = shownCommands(block.text);
  const script = shown.map(({ command }) => `(exit $last)\n${command}\nlast=$?\necho; echo "${MARK} $last"`);
  const { all } = await stage.run(['last=0', ...script].join('\n'));
  const parts = stage.asWritten(all).split(new RegExp(`\n${MARK} (\\d+)\n?`));
  const outcomes = shown.map((_, index) => [parts[2 * index] ?? '', parts[2 * index + 1]] as const);
  expect(parts.length, `${at(block)} broke off:\n${all}`).toBe(2 * shown.length + 1);
  for (const [index, { command, output }] of shown.entries()) {
    const [printed, status] = outcomes[index] as readonly [string, string];
    const next = shown[index + 1]?.command;
    const where = `${at(block)}: $ ${command}`;
    const wanted = index === shown.length - 1 ? block.exit : 0;
    if (next !== 'echo $?') expect(Number(status), `${where}\nended with ${status}:\n${printed}`).toBe(wanted);
    const difference = outputDifference(output, printed);
    expect(difference, `${where}\n${difference}\n\nall it printed:\n${printed}`).toBeNull();
  }
}

it('runs the command line that the package ships', () => {
  const { bin } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(bin).toEqual({ regress: './dist/main.js', 'regress-pg': './dist/main.js' });
});
