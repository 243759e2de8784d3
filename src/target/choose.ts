/** A server that the user named, or our own throwaway server. */
export type TargetChoice = { readonly kind: 'url'; readonly url: string } | { readonly kind: 'throwaway' };

/**
 * Only --target, target.url and REGRESS_TARGET_URL choose a target, in this order. PG* and DATABASE_URL never do: in CI
 * they often point at a database that must not be written to.
 */
export function chooseTarget(
  flag: string | undefined,
  configured: string | null,
  env: NodeJS.ProcessEnv,
): TargetChoice {
  const url = flag || configured || env.REGRESS_TARGET_URL;
  return url ? { kind: 'url', url } : { kind: 'throwaway' };
}
