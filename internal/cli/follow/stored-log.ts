import type { Client } from '../client.ts';
import { logsPath, type TaskRef } from './follow-task.ts';
import type { OutputOptions, OutputWriter } from './output-writer.ts';
import { countLines, lastLines } from './tail-lines.ts';
import { endNotes } from './task-end.ts';

/** What the server has of a task's output. */
export interface StoredLog {
  task: string;
  attempt?: number;
  stdout: string;
  stderr: string;
  truncated?: boolean;
  log?: string;
  log_reason?: string;
}

export function readLog(client: Client, ref: TaskRef): Promise<StoredLog> {
  return client.get<StoredLog>(logsPath(ref, false));
}

/**
 * Writes what there is so far.
 * @param tail how many lines of each stream.
 * @returns false when the output could not be read.
 */
export async function writeLog(
  log: StoredLog,
  writer: OutputWriter,
  tail: number | undefined,
): Promise<boolean> {
  if (log.truncated && tail === undefined) {
    writer.note(`task ${log.task}: only the end of the output is kept`);
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    const text = tail === undefined ? log[stream] : lastLines(log[stream], tail);
    await writer.write(stream, Buffer.from(text));
  }
  await writer.end();
  const notes = endNotes({ ...log, phase: 'Succeeded', exitStatus: 0 });
  for (const note of notes) writer.note(note);
  return notes.length === 0;
}

/** What to leave out of a stream that begins as the log does, so that `tail` lines of it are left. */
export function skipFor(log: StoredLog, tail: number): OutputOptions['skip'] {
  const skipped = (text: string) => Math.max(0, countLines(text) - tail);
  return {
    attempt: log.attempt ?? 1,
    lines: { stdout: skipped(log.stdout), stderr: skipped(log.stderr) },
  };
}
