import { settableName } from '../environment/index.ts';
import { scan, type Token } from './text/scan.ts';

/** The names that a statement mentions, of functions among others. */
export interface MentionedNames {
  /** As the server looks them up, sorted. */
  readonly names: readonly string[];
  /** Why the names alone do not tell what the statement calls, in a clause; null where they do. */
  readonly unclear: string | null;
}

/** Bytes of a name that the server keeps (NAMEDATALEN, pg_config_manual.h). */
const MAX_NAME_BYTES = 63;

/**
 * Every word of a statement outside of its strings and comments. The lexer finds them, so that it holds also for SQL that
 * the parser here does not know, and for `(value).function`. Needs loadScanner().
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

/** `current_setting('app.tenant_id'`: a suite could have set that itself, so that the answer is no secret. */
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
