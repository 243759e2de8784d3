// Builds what the HTML report carries into dist/page: its own script and style, pev2 with Vue as one script, and licences.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'dist/page');
/** What these packages depend on for building and on servers. */
const NOT_CARRIED = new Set(['@vue/compiler-sfc', '@vue/server-renderer', 'commander', 'iconv-lite', 'csstype']);
const require = createRequire(import.meta.url);

/** Bundles an entry of src/report/page into one classic script that can stand inside a `<script>` element. */
async function bundle(entry, pure) {
  const build = await rolldown({
    input: join(ROOT, 'src/report/page', entry),
    platform: 'browser',
    // What src/compare needs of Node.js for other work than the page's is left out with that work.
    external: /^node:/,
    treeshake: pure ? { moduleSideEffects: false } : true,
    transform: {
      define: {
        'process.env.NODE_ENV': '"production"',
        __VUE_OPTIONS_API__: 'true',
        __VUE_PROD_DEVTOOLS__: 'false',
        __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
      },
    },
    logLevel: 'warn',
  });
  const { output } = await build.generate({ format: 'iife', minify: true });
  await build.close();
  if (output.length !== 1) throw new Error(`${entry} makes ${output.length} files, not one`);
  const [{ code }] = output;
  // A function that takes arguments would be given modules of Node.js.
  if (!/^\(function\(\w*\)\{/.test(code) || !/\}\)\(\);?\s*$/.test(code))
    throw new Error(`${entry} needs more than a browser has`);
  return inScript(code);
}

/** `</script` and `<!--` end or change a script element; in JavaScript they stand in strings and patterns only. */
function inScript(code) {
  return code
    .replaceAll('\r', '')
    .replace(/<\/(?=script)/gi, '<\\/')
    .replaceAll('<!--', '<\\!--');
}

async function folderOf(name, from) {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (await readFile(join(candidate, 'package.json')).catch(() => null)) return candidate;
  }
  return null;
}

/** A package and all that it depends on, by folder. */
async function closure(name, from, found = new Map()) {
  const folder = await folderOf(name, from);
  if (folder === null || found.has(folder)) return found;
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  found.set(folder, manifest);
  for (const other of Object.keys(manifest.dependencies ?? {})) {
    if (!NOT_CARRIED.has(other)) await closure(other, folder, found);
  }
  return found;
}

/** Licences of everything that may be in the scripts, equal texts once. */
async function notices() {
  const packages = new Map();
  for (const name of ['pev2', 'vue', 'bootstrap']) await closure(name, ROOT, packages);
  const texts = new Map();
  for (const [folder, { name, version, license }] of packages) {
    if (name.startsWith('@types/')) continue;
    const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file === undefined ? '' : (await readFile(join(folder, file), 'utf8')).replaceAll('\r', '').trim();
    texts.set(text, [...(texts.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  const blocks = [...texts].map(([text, names]) => `${names.sort().join('\n')}\n\n${text}`.trim());
  return `${blocks.sort().join(`\n\n${'-'.repeat(72)}\n\n`)}\n`;
}

const style = async (path) => (await readFile(path, 'utf8')).replace(/\/\*# sourceMappingURL=.*?\*\//g, '').trim();

await mkdir(OUT, { recursive: true });
const files = {
  'page.js': await bundle('main.ts', true),
  'page.css': await style(join(ROOT, 'src/report/page/page.css')),
  'viewer.js': await bundle('plan/pev2-frame.ts', false),
  'viewer.css': [
    await style(require.resolve('bootstrap/dist/css/bootstrap.min.css')),
    await style(require.resolve('pev2/dist/pev2.css')),
    await style(join(ROOT, 'src/report/page/plan/pev2-frame.css')),
  ].join('\n'),
  'licences.txt': await notices(),
};
for (const [name, text] of Object.entries(files)) await writeFile(join(OUT, name), text);
