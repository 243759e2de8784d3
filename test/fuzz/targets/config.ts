import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, loadProjects } from '../../../src/config/index.ts';
import { RegressError } from '../../../src/model/errors.ts';
import { connectionParameters } from '../../../src/postgres/session/parameters.ts';
import { redactUrl } from '../../../src/postgres/session/url.ts';
import { documentedBlocks, filesBelow, literalsOf, scratchFolder } from '../scratch.ts';
import { type Target, Violation } from '../target.ts';
import { CONFIG_WORDS, YAML_WORDS } from '../words.ts';
import { requirePlace, variedYaml } from './suites.ts';

/** The password of every URL among the words. */
const PASSWORD = 's3cr3t-w0rd';

/** regress.yaml, and the URLs in it up to the moment they are connected to. */
export function config(): Target {
  const folder = scratchFolder();
  const path = join(folder, 'regress.yaml');
  mkdirSync(join(folder, 'part'));
  writeFileSync(
    join(folder, 'part', 'regress.yaml'),
    'snapshot: s\ntarget: { prepare: [{ production: [indexes] }] }\n',
  );
  const words = [...CONFIG_WORDS, ...YAML_WORDS];
  return {
    name: 'config',
    seeds: [
      ...filesBelow('.', /^regress\.yaml$/),
      ...documentedBlocks('yaml'),
      ...literalsOf('test/config/config.test.ts', /:/),
      ...literalsOf('test/config/projects.test.ts', /:/),
      'projects:\n  - folder: part\n  - { name: b, map: { schemas: { public: x } }, expect: { tables: { a.b: { rows: 2 } } } }\n',
      `source: { url: "postgresql://u:${PASSWORD}@h1,h2:5432,5433/d?sslmode=verify-full&options=-c%20a%3Db" }\nfailOn: branch\n`,
    ],
    words,
    vary: variedYaml(words),
    run: async (input) => {
      const bytes = Buffer.from(input, 'latin1');
      writeFileSync(path, bytes);
      try {
        const { projects, config } = await loadProjects(path, { HOME: '/h' });
        for (const each of projects ?? [{ config }]) requireUrls(each.config as Config);
      } catch (error) {
        if (error instanceof RegressError) requirePlace(error, bytes.toString('utf8'));
        throw error;
      }
    },
  };
}

function requireUrls({ source, target }: Config): void {
  for (const [url, role] of [
    [source.url, 'source'],
    [target.url, 'target'],
  ] as const) {
    if (url === null) continue;
    if (redactUrl(url).includes(PASSWORD) && isPassword(url)) throw new Violation('a password is not redacted');
    connectionParameters(url, role);
  }
}

/** Whether it stands where a URL has its password. */
function isPassword(url: string): boolean {
  return url.startsWith('postgres') && URL.canParse(url) && decodeURIComponent(new URL(url).password) === PASSWORD;
}
