import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { type Repository, remoteUrls, repositoryOf } from '../../git/index.ts';
import { RegressError } from '../../model/errors.ts';

/** Systems that init can write a job for. */
export const FORGES = ['github', 'gitlab'] as const;
export type Forge = (typeof FORGES)[number];

/** A CI file that checks every pull request. */
export interface Workflow {
  /** Absolute path, at the top of the repository. */
  readonly path: string;
  /** A step left for the user to do by hand, or null. */
  readonly next: string | null;
  /** The text of the file; `major` is production's major version of PostgreSQL, null if not known. */
  text(major: number | null): string;
}

/** The major version a job installs if production's is not known. */
const LIKELY_MAJOR = 17;

/** Guesses the CI system of the project in a folder, from its files, else from the URLs it is pushed to. */
export async function guessForge(folder: string): Promise<Forge | null> {
  const repository = await repositoryAt(folder);
  const top = repository?.top ?? folder;
  if (existsSync(join(top, '.github'))) return 'github';
  if (existsSync(join(top, GITLAB_FILE))) return 'gitlab';
  const urls = repository === null ? '' : (await remoteUrls(repository)).join('\n');
  return FORGES.find((forge) => urls.includes(forge)) ?? null;
}

/** The CI file for the project in a folder. If there is a .gitlab-ci.yml, the job goes into a new file that it must include. */
export async function workflowOf(forge: Forge, folder: string): Promise<Workflow> {
  const { top, prefix } = (await repositoryAt(folder)) ?? { top: folder, prefix: '' };
  const packages = packagesOf(join(top, prefix), top);
  const text = (major: number | null) => TEXTS[forge](major, prefix.replace(/\/$/, ''), packages);
  if (forge === 'github') return { path: join(top, '.github/workflows/regress.yml'), next: null, text };
  if (!existsSync(join(top, GITLAB_FILE))) return { path: join(top, GITLAB_FILE), next: null, text };
  const file = 'regress.gitlab-ci.yml';
  return { path: join(top, file), next: `add to ${GITLAB_FILE}: include: ${file}`, text };
}

const GITLAB_FILE = '.gitlab-ci.yml';

/** The repository of a folder; null if it is in none, or if git is not installed. */
async function repositoryAt(folder: string): Promise<Repository | null> {
  return repositoryOf(folder).catch((error: unknown) => {
    if (error instanceof RegressError) return null;
    throw error;
  });
}

/** The commands that install a project's packages and run a program from one of them. */
interface Packages {
  readonly install: string;
  readonly run: string;
}

/** --no-install: the job fails if regress-pg is not installed, instead of downloading another version. */
const NPM: Packages = { install: 'npm ci', run: 'npx --no-install' };

/** Chosen by the lock file of the project, or of the workspace around it. The jobs' Node.js includes Corepack. */
function packagesOf(folder: string, top: string): Packages {
  if (existsSync(join(folder, 'package-lock.json'))) return NPM;
  if (existsSync(join(folder, 'pnpm-lock.yaml')))
    return { install: 'corepack enable && pnpm install --frozen-lockfile', run: 'pnpm exec' };
  if (existsSync(join(folder, 'yarn.lock'))) {
    const isClassic = !existsSync(join(folder, '.yarnrc.yml'));
    const install = `corepack enable && yarn install ${isClassic ? '--frozen-lockfile' : '--immutable'}`;
    return { install, run: 'yarn run' };
  }
  const parent = dirname(folder);
  return folder === top || parent === folder ? NPM : packagesOf(parent, top);
}

/** Jobs that need no action and no image of ours. `prefix` is the project's folder in the repository, or empty. */
const TEXTS: Readonly<Record<Forge, (major: number | null, prefix: string, packages: Packages) => string>> = {
  github: (
    major,
    prefix,
    { install, run },
  ) => `# Plans the queries of the suites as production would, and fails if a plan got worse.
name: regress
on: pull_request
permissions:
  contents: read
jobs:
  plans:
    runs-on: ubuntu-latest
    env:
      POSTGRES: "${major ?? LIKELY_MAJOR}" # ${majorNote(major)}
${prefix === '' ? '' : `    defaults:\n      run: { working-directory: ${yamlPath(prefix)} }\n`}    steps:
      - uses: actions/checkout@v6
        with: { fetch-depth: 0 } # regress needs the history to find why a plan changed
      - uses: actions/setup-node@v6
        with: { node-version: 22 }
      - name: PostgreSQL and its server headers, from PostgreSQL's apt repository
        run: |
          sudo apt-get update
          sudo apt-get install --yes postgresql-common
          sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y
          sudo apt-get install --yes "postgresql-$POSTGRES" "postgresql-server-dev-$POSTGRES" gcc make
      - run: ${install}
      - run: ${run} regress-pg check --reporter console --reporter github --reporter html=regress.html
      - uses: actions/upload-artifact@v6
        if: always()
        with: { name: regress, path: ${yamlPath(prefix, 'regress.html')}, if-no-files-found: ignore }
`,
  gitlab: (
    major,
    prefix,
    { install, run },
  ) => `# Plans the queries of the suites as production would, and fails if a plan got worse.
plans:
  image: node:22-bookworm
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    POSTGRES: "${major ?? LIKELY_MAJOR}" # ${majorNote(major)}
    GIT_DEPTH: "0" # regress needs the history to find why a plan changed
    REGRESS_CACHE_DIR: $CI_PROJECT_DIR/.regress-cache
  cache:
    key: regress-$POSTGRES
    paths: [.regress-cache/]
  before_script:
    - apt-get update && apt-get install -y --no-install-recommends postgresql-common
    - /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y
    - apt-get install -y --no-install-recommends postgresql-$POSTGRES postgresql-server-dev-$POSTGRES gcc make
${prefix === '' ? '' : `    - cd ${yamlPath(prefix)}\n`}    - ${install}
  script:
    - ${run} regress-pg check --reporter console --reporter junit=junit.xml --reporter html=regress.html --reporter json=results.json
  artifacts:
    when: always
    reports: { junit: ${yamlPath(prefix, 'junit.xml')} }
    paths: [${yamlPath(prefix, 'regress.html')}, ${yamlPath(prefix, 'results.json')}]
`,
};

function majorNote(major: number | null): string {
  return major === null ? "set this to production's major version" : "production's major version";
}

/** A path as a YAML scalar that may stand inside braces, without quotes if possible. */
function yamlPath(...parts: readonly string[]): string {
  const path = posix.join(...parts);
  return /^[A-Za-z][\w./-]*$/.test(path) ? path : JSON.stringify(path);
}
