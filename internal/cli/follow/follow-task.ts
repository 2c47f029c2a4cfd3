import type { Client } from '../client.ts';
import { jobPath } from '../path.ts';
import type { LogAttempt, LogOutput, LogPending, TaskEnd } from '../resources.ts';
import { type Chunk, Reassembly, type StreamName } from './reassemble.ts';

/** A task of a job. */
export interface TaskRef {
  namespace: string;
  job: string;
  /** Name or index. */
  task: string;
  /** Number of the attempt; the last one unless given. */
  attempt?: number | undefined;
}

/** What becomes of a task's output. */
export interface OutputSink {
  /** The next bytes of a stream. */
  write(stream: StreamName, bytes: Uint8Array, attempt: number): Promise<void>;
  /** One line for people. */
  note(line: string): void;
  /** There is no attempt for now. */
  pending(log: LogPending): void;
}

/** Where the output of a task is read. */
export function logsPath({ namespace, job, task, attempt }: TaskRef, follow: boolean): string {
  return jobPath(namespace, job, ['logs'], { task, attempt, follow: follow || undefined });
}

/** Passes on the output of a task while it runs, until it has ended for good. */
export async function followTask(
  client: Client,
  ref: TaskRef,
  sink: OutputSink,
  signal: AbortSignal,
): Promise<TaskEnd> {
  const log = new Reassembly();
  // A connection that was lost is made anew and begins anew: the reassembly drops what is known.
  for await (const { event, data } of client.events(logsPath(ref, true), { signal })) {
    if (event === 'end') return JSON.parse(data) as TaskEnd;
    if (event === 'pending') sink.pending(JSON.parse(data) as LogPending);
    if (event === 'attempt') noteAttempt(log, JSON.parse(data) as LogAttempt, ref, sink);
    if (event === 'output') await passOn(log, JSON.parse(data) as LogOutput, ref, sink);
  }
  throw new Error('a stream of events ended by itself');
}

function noteAttempt(
  log: Reassembly,
  { attempt }: Pick<LogAttempt, 'attempt'>,
  { task }: TaskRef,
  sink: OutputSink,
): void {
  if (log.begin(attempt) && attempt > 1) sink.note(`task ${task}: attempt ${attempt} begins`);
}

async function passOn(
  log: Reassembly,
  { data, ...event }: LogOutput,
  ref: TaskRef,
  sink: OutputSink,
): Promise<void> {
  noteAttempt(log, event, ref, sink);
  const chunk: Chunk = { ...event, bytes: Buffer.from(data, 'base64') };
  const fresh = log.add(chunk);
  if (fresh === undefined) return;
  if (fresh.missing > 0) {
    sink.note(`task ${ref.task}: ${fresh.missing} bytes of ${event.stream} are not kept any more`);
  }
  await sink.write(event.stream, fresh.bytes, event.attempt);
}
