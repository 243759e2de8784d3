/** This package: its version, and where its mistakes are reported. */
import { readFileSync } from 'node:fs';

interface Package {
  readonly version: string;
  readonly bugs?: { readonly url?: string };
}

function readPackage(): Package {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Package;
}

/** The version in package.json. */
export function packageVersion(): string {
  return readPackage().version;
}

/** Where to report bugs: a URL, or a section of the documentation. */
export function reportTo(): string {
  return readPackage().bugs?.url ?? 'see "unexpected error" in docs/troubleshooting.md';
}
