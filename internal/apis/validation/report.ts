import * as z from 'zod';
import { breaking, object } from './fields.ts';
import { check } from './issues.ts';
import { type Parsed, ProblemList } from './problems.ts';
import { LIMITS, RULES } from './rules.ts';

/** What a task says of one of its streams. */
export interface StreamReport {
  text: string;
  /** Bytes the process wrote, as far as the task says so. */
  bytes: number | undefined;
}

/** What a task says of itself, as it was sent. */
export interface ReportRequest {
  taskName: string;
  exitStatus: number;
  stdout: StreamReport;
  stderr: StreamReport;
  /** True when the process was told to stop before it ended. */
  interrupted: boolean;
}

const stream = z
  .string({ error: breaking(RULES.stream) })
  .meta({ description: 'What the process wrote to the stream; empty when it wrote nothing.' });
const streamBytes = integer(0, Number.MAX_SAFE_INTEGER, RULES.streamBytes)
  .meta({ description: 'Bytes written in all, where the text is only their end.' })
  .optional();

/** The body of `POST /result/<id>`. */
export const report = object(RULES.report, {
  task_name: z
    .string({ error: breaking(RULES.reportTaskName) })
    .meta({ description: "The task's name, as its environment has it in TASK_NAME." }),
  task_status: integer(LIMITS.minStatus, LIMITS.maxStatus, RULES.taskStatus).meta({
    description: 'Exit status of the process; 0 is success.',
  }),
  task_result: object(RULES.taskResult, {
    stdout: stream,
    stderr: stream,
    stdout_bytes: streamBytes,
    stderr_bytes: streamBytes,
  }).meta({ description: 'What the process has put out.' }),
  interrupted: z
    .boolean({ error: breaking('true or false') })
    .meta({
      description: 'True when the process was told to stop before it ended.',
      default: false,
    })
    .optional(),
});

/** Reads the body of `POST /result/<id>`. */
export function parseReport(body: unknown): Parsed<ReportRequest> {
  const problems = new ProblemList();
  const read = check(report, body, problems);
  if (read === undefined) return problems.failure();
  const { stdout, stderr, stdout_bytes, stderr_bytes } = read.task_result;
  const value = {
    taskName: read.task_name,
    exitStatus: read.task_status,
    stdout: { text: stdout, bytes: stdout_bytes },
    stderr: { text: stderr, bytes: stderr_bytes },
    interrupted: read.interrupted ?? false,
  };
  return { ok: true, value };
}

function integer(least: number, greatest: number, rule: string) {
  const error = breaking(rule);
  const follows = (value: number) => Number.isInteger(value) && value >= least && value <= greatest;
  // One check: `z.int().min().max()` would name the same number twice.
  return z
    .number({ error })
    .refine(follows, { error })
    .meta({ type: 'integer', minimum: least, maximum: greatest });
}
