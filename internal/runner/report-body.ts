import type { Streams } from './execute.ts';
import { tailText } from './text.ts';

/**
 * The body of `POST /result/<job uid>`: the original client's members, and beside them the true
 * byte counts, by which the server sees that a stream was cut. Made once, so that every retry sends
 * the same bytes and the server takes it for the same report.
 *
 * @param interrupted the command was told to stop before it ended: whether its status is the task's or
 *   it was cut short is then for the swarm to say.
 */
export function reportBody(
  taskName: string,
  status: number,
  streams: Streams,
  interrupted: boolean,
): Buffer {
  const { stdout, stderr } = streams;
  const body = {
    task_name: taskName,
    task_status: status,
    task_result: {
      stdout: tailText(stdout.tail),
      stderr: tailText(stderr.tail),
      stdout_bytes: stdout.tail.totalBytes,
      stderr_bytes: stderr.tail.totalBytes,
    },
    ...(interrupted ? { interrupted } : {}),
  };
  return Buffer.from(JSON.stringify(body));
}
