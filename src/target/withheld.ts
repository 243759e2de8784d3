import { passwordOf } from '../postgres/index.ts';

/** Shorter passwords occur in many variables by chance. */
const TELLING_LENGTH = 6;

/**
 * Variables of this process that a command of the branch must not get, because they lead to production: URLs for
 * regress itself, variables that the URL of the source is filled in from, and variables that contain its password. On a
 * throwaway server, which needs no password, psql's password variables too.
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
