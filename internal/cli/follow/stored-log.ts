import type { Client } from '../client.ts';
import type { TaskOutput } from '../resources.ts';
import { logsPath, type TaskRef } from './follow-task.ts';
import type { OutputOptions, OutputWriter } from './output-writer.ts';
import { countLines, lastLines } from './tail-lines.ts';
import { endNotes, missingNotes } from './task-end.ts';

export function readLog(client: Client, ref: TaskRef): Promise<TaskOutput> {
  return client.get<TaskOutput>(logsPath(ref, false));
}

/**
 * Writes what there is so far, and says why there is no more.
 * @param tail how many lines of each stream.
 */
export async function writeLog(
  log: TaskOutput,
  writer: OutputWriter,
  tail: number | undefined,
): Promise<void> {
  if (log.truncated && tail === undefined) {
    writer.note(`task ${log.task}: only the end of the output is kept`);
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    // Null where nothing is known of the stream.
    const text = log[stream] ?? '';
    await writer.write(stream, Buffer.from(tail === undefined ? text : lastLines(text, tail)));
  }
  await writer.end();
  // Of a task without output it is of interest how it ended, such as that its image is not there.
  const notes = writer.isSilent && hasEnded(log) ? endNotes(log) : missingNotes(log);
  if (waitsAgain(log)) notes.push(waitingNote(log));
  for (const note of notes) writer.note(note);
}

/** True when what there is was written by an attempt that another one is to follow. */
export function waitsAgain({ phase, log }: TaskOutput): boolean {
  return phase === 'Pending' && log !== 'pending';
}

function waitingNote({ task, attempt, stdout, stderr }: TaskOutput): string {
  const wrote =
    stdout || stderr ? `this is of attempt ${attempt}` : `attempt ${attempt} has written nothing`;
  return `task ${task} waits for its next attempt; ${wrote}`;
}

function hasEnded({ phase }: TaskOutput): boolean {
  return phase !== 'Pending' && phase !== 'Active';
}

/** What to leave out of a stream that begins as the log does, so that `tail` lines of it are left. */
export function skipFor(log: TaskOutput, tail: number): OutputOptions['skip'] {
  const skipped = (text: string | null) => Math.max(0, countLines(text ?? '') - tail);
  return {
    attempt: log.attempt,
    lines: { stdout: skipped(log.stdout), stderr: skipped(log.stderr) },
  };
}
