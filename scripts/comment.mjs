// What action.yml writes its comment with: node and GitHub's API alone, since runners of one's own, containers and
// Enterprise Servers have no `gh`. Never fails a job: a comment that cannot be written is a warning.
import { readFile } from 'node:fs/promises';

const { COMMENT = '', NAME = '', NUMBER = '', TOKEN = '' } = process.env;
const { GITHUB_API_URL: api, GITHUB_GRAPHQL_URL: graphql, GITHUB_REPOSITORY: repository } = process.env;

/** The first line of what regress writes. */
const MARKER = '<!-- regress -->';

/** The longest that GitHub may take to answer. */
const TIMEOUT_MS = 30_000;

/** The first line of this use's comment: uses with artifacts of their own have comments of their own. */
function markerOf(name) {
  return ['', 'regress'].includes(name) ? MARKER : `<!-- regress ${name.replaceAll(/[^\w.-]/g, '_')} -->`;
}

/** What GitHub answers. Throws where it refuses. */
async function request(method, url, body) {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, accept: 'application/vnd.github+json', 'user-agent': 'regress' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(`HTTP ${response.status} ${answer.message ?? ''}`.trim());
  return { answer, next: /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] };
}

/** Login of whom the token is of. The token of a job may not ask for it over REST. */
async function ownLogin() {
  const { answer } = await request('POST', graphql, { query: '{ viewer { login } }' });
  const login = answer.data?.viewer?.login;
  if (login === undefined) throw new Error('GitHub does not tell whose the token is');
  return login;
}

/** The comment of an earlier run, or undefined. Others may begin theirs with the same line. */
async function findComment(marker) {
  const login = await ownLogin();
  let url = `${api}/repos/${repository}/issues/${NUMBER}/comments?per_page=100`;
  while (url !== undefined) {
    const { answer, next } = await request('GET', url);
    const found = answer.find(({ user, body }) => user?.login === login && body?.split(/\r?\n/, 1)[0] === marker);
    if (found !== undefined) return found;
    url = next;
  }
}

async function writeComment() {
  const marker = markerOf(NAME);
  const body = (await readFile(COMMENT, 'utf8')).replace(MARKER, () => marker);
  const known = await findComment(marker);
  if (known === undefined) await request('POST', `${api}/repos/${repository}/issues/${NUMBER}/comments`, { body });
  else await request('PATCH', `${api}/repos/${repository}/issues/comments/${known.id}`, { body });
}

await writeComment().catch((error) => {
  // A line feed would end the command to the runner.
  const reason = `${error.message}${error.cause?.message ? ` (${error.cause.message})` : ''}`.replaceAll(
    /[\r\n]+/g,
    ' ',
  );
  console.log(
    `::warning::regress could not write its comment: ${reason}; the job needs "permissions: { pull-requests: write }", and pull requests of forks have none`,
  );
});
