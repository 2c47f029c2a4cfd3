const STDOUT = 1;
const STDERR = 2;
const SYSTEM_ERROR = 3;

/** A log as the engine streams it: stdout and stderr in frames. Empty streams have none. */
export function logFrames({ stdout, stderr }: { stdout: string; stderr: string }): Buffer {
  return Buffer.concat([frame(STDERR, stderr), frame(STDOUT, stdout)]);
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
