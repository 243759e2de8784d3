import { settableName } from '../environment/index.ts';
import { scan, type Token } from './text/scan.ts';

/** The names in a statement, of functions among others. */
export interface MentionedNames {
  /** Sorted, and spelled as the server looks them up. */
  readonly names: readonly string[];
  /** Why the names alone do not show what the statement calls, as a clause; null if they do. */
  readonly unclear: string | null;
}

/** Names are truncated to this many bytes (NAMEDATALEN, pg_config_manual.h). */
const MAX_NAME_BYTES = 63;

/**
 * Every word of a statement outside strings and comments. Uses only the lexer, so it also covers SQL that this parser
 * does not understand, and `(value).function`. Needs loadScanner().
 */
export function mentionedNames(statement: string): MentionedNames {
  const tokens = scan(statement).filter(({ isComment }) => !isComment);
  const words = tokens.flatMap(({ text }, at) => {
    const name = nameOf(text);
    return name === null ? [] : [{ name, at }];
  });
  const escaped = tokens.some(({ text }) => /^u&"/i.test(text));
  const setting = words.some(({ name, at }) => name === 'current_setting' && !asksForSettable(tokens, at));
  return {
    names: [...new Set(words.map(({ name }) => name))].sort(),
    unclear: escaped
      ? 'it spells a name with escapes'
      : setting
        ? 'it calls current_setting() for something that is not for a suite to set'
        : null,
  };
}

function nameOf(text: string): string | null {
  if (text.startsWith('"')) return truncated(text.slice(1, -1).replaceAll('""', '"'));
  if (!/^[a-z_\x80-\uffff][\w$\x80-\uffff]*$/i.test(text)) return null;
  return truncated(text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()));
}

function truncated(name: string): string {
  return Buffer.from(name).subarray(0, MAX_NAME_BYTES).toString();
}

/** True for `current_setting('app.tenant_id'`: a suite may set this setting itself, so its value is no secret. */
function asksForSettable(tokens: readonly Token[], at: number): boolean {
  const literal = /^'([\w.]+)'$/.exec(tokens[at + 2]?.text ?? '')?.[1];
  const after = tokens[at + 3]?.text ?? '';
  return (
    tokens[at + 1]?.text === '(' &&
    literal !== undefined &&
    [',', ')'].includes(after) &&
    'name' in settableName(literal)
  );
}
