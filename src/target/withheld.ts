import { passwordOf } from '../postgres/index.ts';

/** Shorter ones stand in many a variable by chance. */
const TELLING_LENGTH = 6;

/**
 * Variables of this process that a command of the branch does not get, because they lead to production: URLs that are
 * for regress, those the URL of the source is filled in from, those that hold its password, and, where the target is a
 * server of ours, which asks for none, passwords of psql.
 */
export function withheldVariables(
  source: { readonly url: string | null; readonly variables: readonly string[] },
  env: Readonly<Record<string, string | undefined>>,
  { isOurs }: { readonly isOurs: boolean },
): string[] {
  const urls = [source.url, env.REGRESS_SOURCE_URL].filter((url) => typeof url === 'string' && url !== '');
  const secrets = urls
    .map((url) => passwordOf(url as string))
    .filter((secret) => secret !== null && secret.length >= TELLING_LENGTH)
    .flatMap((secret) => [secret as string, encodeURIComponent(secret as string)]);
  const named = [...source.variables, ...(isOurs ? ['PGPASSWORD', 'PGPASSFILE'] : [])];
  return Object.entries(env).flatMap(([name, value = '']) =>
    /^REGRESS_\w*URL/.test(name) || named.includes(name) || secrets.some((secret) => value.includes(secret))
      ? [name]
      : [],
  );
}
