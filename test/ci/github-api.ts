import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A comment of an issue or a pull request. */
interface Comment {
  readonly id: number;
  readonly login: string;
  /** Path of the resource that it is one of. */
  readonly path: string;
  body: string;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly token: string | undefined;
  readonly body: string;
}

/** As much of GitHub's API as comments take: whose a token is, and reading, writing and changing them, in pages. */
export function githubApi({ token, login }: { readonly token: string; readonly login: string }) {
  const comments: Comment[] = [];
  let isForbidden = false;
  let lastId = 4710;
  const add = (issue: number, by: string, body: string, { first = false } = {}): Comment => {
    lastId += 1;
    const comment = { id: lastId, login: by, path: `/repos/acme/shop/issues/${issue}/comments`, body };
    if (first) comments.unshift(comment);
    else comments.push(comment);
    return comment;
  };

  function answer({ method, url, token: given, body }: Request): Answer {
    if (given !== `Bearer ${token}`) return { status: 401, body: { message: 'Bad credentials' } };
    if (url.pathname === '/graphql') return { body: { data: { viewer: { login } } } };
    if (method === 'GET') return page(url);
    if (isForbidden) return { status: 403, body: { message: 'Resource not accessible by integration' } };
    const written = (JSON.parse(body) as { body: string }).body;
    const issue = /^\/repos\/acme\/shop\/issues\/(\d+)\/comments$/.exec(url.pathname)?.[1];
    if (method === 'POST' && issue !== undefined) return { status: 201, body: add(Number(issue), login, written) };
    const id = /^\/repos\/acme\/shop\/issues\/comments\/(\d+)$/.exec(url.pathname)?.[1];
    const comment = comments.find((one) => String(one.id) === id);
    if (method !== 'PATCH' || comment === undefined) return { status: 404, body: { message: 'Not Found' } };
    comment.body = written;
    return { body: comment };
  }

  function page(url: URL): Answer {
    const size = Number(url.searchParams.get('per_page') ?? 30);
    const number = Number(url.searchParams.get('page') ?? 1);
    const all = comments.filter(({ path }) => path === url.pathname);
    const next = new URL(url);
    next.searchParams.set('page', String(number + 1));
    return {
      headers: all.length > size * number ? { link: `<${next}>; rel="next", <${next}>; rel="last"` } : {},
      body: all.slice(size * (number - 1), size * number).map(({ id, login, body }) => ({ id, user: { login }, body })),
    };
  }

  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
      const asked = { method: request.method ?? '', url, token: request.headers.authorization, body };
      const { status = 200, headers = {}, body: answered } = answer(asked);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(answered));
    });
  });
  return {
    comments: comments as readonly Comment[],
    add,
    /** From now on the token may only read, as that of a pull request of a fork. */
    forbid: () => {
      isForbidden = true;
    },
    start: () => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)),
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
    /** As the runner tells them. */
    urls: () => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      return { GITHUB_API_URL: url, GITHUB_GRAPHQL_URL: `${url}/graphql` };
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
