import type { LogLine } from './log-file.ts';

const STDOUT = 1;
const STDERR = 2;
const SYSTEM_ERROR = 3;

/** A log as the engine streams it: each line in a frame. */
export function logFrames(lines: readonly LogLine[]): Buffer {
  return Buffer.concat(
    lines.map(({ stream, text }) => frame(stream === 'stdout' ? STDOUT : STDERR, text)),
  );
}

/** What follows the 200 of a log that cannot be read. */
export function unreadableLog(reason: string): Buffer {
  const words =
    'Error grabbing logs: rpc error: code = Unknown desc = warning: incomplete log stream. ' +
    'some logs could not be retrieved for the following reasons: ';
  return frame(SYSTEM_ERROR, `${words}${reason}\n`);
}

function frame(stream: number, text: string): Buffer {
  const body = Buffer.from(text);
  if (body.length === 0) return body;
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}
