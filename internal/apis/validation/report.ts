import * as z from 'zod';
import { quoted } from './path.ts';
import { type Parsed, ProblemList } from './problems.ts';
import { LIMITS, RULES } from './rules.ts';

/** What a report says in a member, as it was sent. */
export interface ReportedMember {
  /** What a string stands for, or the JSON of any other value. */
  text: string;
  isString: boolean;
  /** The member is there twice, and says two things. */
  contradicted?: true;
}

/** The members of a report that are short; those that it lacks are absent. */
export interface ReportedMembers {
  task_name?: ReportedMember;
  task_status?: ReportedMember;
  interrupted?: ReportedMember;
  stdout_bytes?: ReportedMember;
  stderr_bytes?: ReportedMember;
}

/** What a task says of itself, but for its output. */
export interface ReportRequest {
  /** Absent where it does not say. */
  taskName?: string;
  /** Null where its process ended without one. */
  exitStatus: number | null;
  /** Bytes that the process wrote, as far as the task says so. */
  stdoutBytes?: number;
  stderrBytes?: number;
  /** True when the process was told to stop before it ended. */
  interrupted: boolean;
}

const either = (...schemas: z.ZodType[]) => z.union(schemas as [z.ZodType, z.ZodType]);
const integer = (least: number, greatest: number) => z.number().int().min(least).max(greatest);
const stream = z.string().nullable().optional();
const streamBytes = integer(0, Number.MAX_SAFE_INTEGER).optional();

/**
 * The body of `POST /result/<id>`, as it is documented. What is read is more: a report that has come is not
 * to be lost for its form.
 */
export const report = z.object({
  task_name: z
    .string()
    .optional()
    .meta({ description: "The task's name, as its environment has it in TASK_NAME." }),
  task_status: either(integer(LIMITS.minStatus, LIMITS.maxStatus), z.null(), z.string()).meta({
    description:
      'Exit status of the process, as a number or as text; 0 is success. null: it ended without one, ' +
      'killed by a signal or never started, and has failed.',
  }),
  task_result: z
    .object({
      stdout: stream.meta({
        description:
          'What the process wrote to the stream. What is no text is kept as JSON; nothing is known of the ' +
          'stream when it is null or left out. Only the end of what is too long is kept.',
      }),
      stderr: stream.meta({ description: 'The same.' }),
      stdout_bytes: streamBytes.meta({
        description: 'Bytes written in all, where the text is only their end.',
      }),
      stderr_bytes: streamBytes.meta({ description: 'The same.' }),
    })
    .nullable()
    .optional()
    .meta({ description: 'What the process has put out.' }),
  interrupted: z.boolean().optional().meta({
    description: 'True when the process was told to stop before it ended.',
    default: false,
  }),
});

/**
 * Reads the short members of a report: whatever can be understood is.
 * @param isReport it is whole and has a `task_result`: what names its task then is a report, although it may
 *   name no status.
 */
export function parseReport(members: ReportedMembers, isReport: boolean): Parsed<ReportRequest> {
  const problems = new ProblemList();
  const taskName = nameOf(members.task_name, problems);
  const saysNone = isReport && members.task_name !== undefined;
  const exitStatus = statusOf(members.task_status, saysNone, problems);
  if (problems.total > 0 || exitStatus === undefined) return problems.failure();
  const value: ReportRequest = { exitStatus, interrupted: members.interrupted?.text === 'true' };
  if (taskName !== undefined) value.taskName = taskName;
  const [stdoutBytes, stderrBytes] = [countOf(members.stdout_bytes), countOf(members.stderr_bytes)];
  if (stdoutBytes !== undefined) value.stdoutBytes = stdoutBytes;
  if (stderrBytes !== undefined) value.stderrBytes = stderrBytes;
  return { ok: true, value };
}

/** The token says whose report it is; a name only must not say otherwise. */
function nameOf(member: ReportedMember | undefined, problems: ProblemList): string | undefined {
  if (member === undefined || isNull(member)) return undefined;
  if (member.contradicted) problems.add(['task_name'], () => TWICE);
  return member.text;
}

const TWICE = 'is given twice, and not the same';
/** As clients in shells and scripting languages write integers. */
const INTEGER_TEXT = /^\s*[+-]?\d{1,12}(?:\.0*)?\s*$/;

/** @returns undefined when it cannot be understood. */
function statusOf(
  member: ReportedMember | undefined,
  saysNone: boolean,
  problems: ProblemList,
): number | null | undefined {
  // JSON.stringify leaves out what is undefined, as the status of a process that never started may be.
  if (member === undefined && saysNone) return null;
  if (member?.contradicted) {
    problems.add(['task_status'], () => TWICE);
    return undefined;
  }
  if (member !== undefined && (isNull(member) || member.text === 'null')) return null;
  const status = member === undefined ? undefined : integerOf(member);
  if (status !== undefined && status >= LIMITS.minStatus && status <= LIMITS.maxStatus) {
    return status;
  }
  problems.add(['task_status'], () =>
    member === undefined
      ? `is required and must be ${RULES.taskStatus}`
      : `must be ${RULES.taskStatus}, not ${quoted(member.text)}`,
  );
  return undefined;
}

/** A count that makes no sense is no reason to refuse what else the report says. */
function countOf(member: ReportedMember | undefined): number | undefined {
  const count = member === undefined ? undefined : integerOf(member);
  return count !== undefined && count >= 0 ? count : undefined;
}

function integerOf({ text, isString }: ReportedMember): number | undefined {
  if (isString && !INTEGER_TEXT.test(text)) return undefined;
  // `Number` makes 0 of blanks and of an empty list; a JSON number has neither.
  if (!isString && !/^[-\d]/.test(text)) return undefined;
  const value = Number(text) + 0;
  return Number.isSafeInteger(value) ? value : undefined;
}

function isNull({ text, isString }: ReportedMember): boolean {
  return !isString && text === 'null';
}
