import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { StoreError, type StoreErrorCode } from './errors.ts';

/**
 * The transitions, and what is read in one step, one file each under `lua/`, with the number of keys each
 * takes.
 */
const SCRIPTS = {
  read_jobs: 'any',
  snapshot_job: 14,
  read_cron: 2,
  note_event: 1,
  submit: 18,
  put_cron: 8,
  delete_cron: 9,
  fire_cron: 20,
  schedule_cron: 4,
  forget_cron: 4,
  apply: 13,
  add_tasks: 12,
  add_part: 4,
  drop_part: 4,
  report: 8,
  acquire_lease: 1,
  renew_lease: 1,
  release_lease: 1,
  stamp_schema: 3,
  set_schema: 2,
  name_job: 6,
  publish_cluster: 2,
  end_wish: 2,
  load_job: 4,
  claim: 16,
  advance: 6,
  settle: 15,
  wake_returned: 3,
  complete: 15,
  delete_job: 9,
  expire: 25,
  retry_failed: 14,
  retry_part: 6,
  retry_staged: 16,
  redeliver: 3,
  quarantine: 6,
  release_job: 5,
  note_foreign: 3,
  take_identity: 4,
  note_cluster: 2,
  mark_job: 7,
  control: 7,
  record_delivery: 7,
} as const;
export type ScriptName = keyof typeof SCRIPTS;
type Argument = string | number | Buffer;
type Run = (...args: (Argument | Argument[])[]) => Promise<unknown>;

const FOLDER = new URL('./lua/', import.meta.url);

/** Reads a script and puts what its `--@include` lines name in their place. */
function source(name: string): string {
  const text = readFileSync(new URL(`${name}.lua`, FOLDER), 'utf8');
  return text.replace(/^--@include (\w+)$/gm, (_line, part: string) => source(`include/${part}`));
}

/** Runs the Lua transitions: by hash where Redis knows them, by text where it has forgotten them. */
export class Scripts {
  readonly #run: Map<string, Run>;

  constructor(redis: Redis) {
    this.#run = new Map();
    for (const [name, numberOfKeys] of Object.entries(SCRIPTS)) {
      const counted = numberOfKeys === 'any' ? {} : { numberOfKeys };
      redis.defineCommand(name, { ...counted, lua: source(name) });
      const command: unknown = Reflect.get(redis, name);
      if (typeof command !== 'function') throw new Error(`ioredis did not define ${name}`);
      this.#run.set(name, (...args) => command.apply(redis, args));
    }
  }

  run(name: ScriptName, keys: string[], args: Argument[]): Promise<unknown> {
    const run = this.#run.get(name);
    if (run === undefined) throw new Error(`no script is called ${name}`);
    // One array, which ioredis flattens: 100,000 tasks as arguments would overflow the stack.
    return SCRIPTS[name] === 'any' ? run(keys.length, ...keys, args) : run(...keys, args);
  }
}

/** The result codes of the scripts, and the errors that they are. */
const ERRORS: Record<string, [StoreErrorCode, string]> = {
  NOT_FOUND: ['NotFound', 'there is no such job or task'],
  FINISHED: ['Finished', 'the job is finished: submit a new one'],
  DUPLICATE_TASK: ['DuplicateTask', 'task names must be unique within the job'],
  IDEMPOTENCY_CONFLICT: [
    'IdempotencyConflict',
    'this Idempotency-Key was used with another body: use a new key',
  ],
  TASK_MISMATCH: ['TaskMismatch', 'the token belongs to the attempt of another task'],
  REPORT_CONFLICT: ['ReportConflict', 'another report of this attempt was stored already'],
  SUPERSEDED: [
    'Superseded',
    'the attempt is no longer current: its task was judged or started again',
  ],
  FENCED: ['Fenced', 'another controller has become the leader'],
  RUNNING: ['Running', 'the job is not finished: wait for its end, or cancel it'],
  NOTHING_TO_RETRY: ['NothingToRetry', 'every task of the job has succeeded'],
  NO_CALLBACK: ['NoCallback', 'the job has no callback'],
  NAME_TAKEN: ['NameTaken', 'another job has this name'],
  QUOTA_EXCEEDED: ['QuotaExceeded', 'the quota of the namespace is used up'],
  VERSION_MISMATCH: ['VersionMismatch', 'it has changed since this version of it'],
  NOT_STAGED: ['Unavailable', 'the tasks that were sent ahead are no longer there: send all again'],
  BUSY: ['Busy', 'other tasks are being added to the job'],
  NOT_DONE: ['NotDone', 'not every task of the job is counted'],
  CONFLICT: ['Conflict', 'the attempt has changed since it was read'],
};

/**
 * The values behind an `OK`.
 * @throws StoreError for every other result code.
 */
export function okOrThrow(reply: unknown): string[] {
  if (!Array.isArray(reply)) throw new StoreError('Corrupt', 'a script replied with no list');
  const [code, ...values] = reply.map(String);
  if (code === 'OK') return values;
  const known = ERRORS[code ?? ''];
  if (known === undefined) throw new StoreError('Corrupt', `a script replied with ${code}`);
  throw new StoreError(known[0], known[1], values);
}
