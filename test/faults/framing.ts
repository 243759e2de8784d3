/** Who speaks: the server's side and the client's side of a connection frame their first message differently. */
export type Side = 'client' | 'server';

/** How the bytes of a connection are cut into messages. */
export type Framing = 'messages' | 'records';

const SSL_REQUEST_CODE = 80_877_103;
const STARTUP_HEADER = 4;
const MESSAGE_HEADER = 5;
const RECORD_HEADER = 5;

/**
 * Cuts what one side says into whole messages of PostgreSQL's protocol (src/backend/libpq/pqcomm.c, pq_getmessage), or,
 * once TLS is agreed upon, into TLS records, which are all that can be seen then. Nothing is lost: what the parts hold, in
 * order, is what came in.
 */
export function splitter(side: Side, framing: Framing): (chunk: Buffer) => Buffer[] {
  let rest: Buffer = Buffer.alloc(0);
  let started = false;
  const lengthOf = (bytes: Buffer): number | null => {
    if (started && framing === 'records') {
      return bytes.length < RECORD_HEADER ? null : RECORD_HEADER + bytes.readUInt16BE(3);
    }
    if (started) return bytes.length < MESSAGE_HEADER ? null : 1 + bytes.readUInt32BE(1);
    // The server's answer to SSLRequest is one letter.
    if (side === 'server') return framing === 'records' ? 1 : lengthOfTyped(bytes);
    return bytes.length < STARTUP_HEADER ? null : bytes.readUInt32BE(0);
  };
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const parts: Buffer[] = [];
    for (let length = lengthOf(rest); length !== null && rest.length >= length; length = lengthOf(rest)) {
      parts.push(rest.subarray(0, length));
      started ||= framing === 'messages' || side === 'server' || isSslRequest(rest);
      rest = rest.subarray(length);
      if (rest.length === 0) break;
    }
    return parts;
  };
}

function lengthOfTyped(bytes: Buffer): number | null {
  return bytes.length < MESSAGE_HEADER ? null : 1 + bytes.readUInt32BE(1);
}

function isSslRequest(bytes: Buffer): boolean {
  return bytes.length >= 8 && bytes.readUInt32BE(4) === SSL_REQUEST_CODE;
}

/** The server process of a session, where a message of the server tells it (BackendKeyData). */
export function backendOf(message: Buffer): number | null {
  return message[0] === 'K'.charCodeAt(0) && message.length >= 13 ? message.readInt32BE(MESSAGE_HEADER) : null;
}

/** Whether a message of the client asks for a plan. */
export function asksForPlan(message: Buffer): boolean {
  return ['P', 'Q'].includes(String.fromCharCode(message[0] ?? 0)) && message.includes('EXPLAIN');
}
