/**
 * Levels of nesting allowed in JSON. A plan 250 nodes deep has 500; recursive functions can go deeper than this limit.
 */
const MAX_DEPTH = 1000;

/**
 * Parses JSON that regress did not write itself. Throws SyntaxError if it is invalid, or nested so deeply that
 * recursion could overflow the stack.
 */
export function parseJson(text: string): unknown {
  if (isDeep(text)) throw new SyntaxError(`it is nested more than ${MAX_DEPTH} levels deep`);
  return JSON.parse(text);
}

function isDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inText) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) inText = false;
    } else if (code === QUOTE) inText = true;
    else if (code === BRACKET || code === BRACE) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (code === CLOSING_BRACKET || code === CLOSING_BRACE) depth -= 1;
  }
  return false;
}

const [QUOTE, BACKSLASH, BRACKET, CLOSING_BRACKET, BRACE, CLOSING_BRACE] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** True if a parsed value is nested more than `levels` deep. */
export function isDeeper(value: unknown, levels: number): boolean {
  // Level by level instead of recursively, so that no stack is needed.
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return false;
}

/** True for a JSON object, false for an array. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
