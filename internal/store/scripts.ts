import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { StoreError, type StoreErrorCode } from './errors.ts';

/** The transitions, one file each under `lua/`, with the number of keys each takes. */
const SCRIPTS = {
  submit: 6,
  add_tasks: 4,
  report: 7,
  acquire_lease: 1,
  renew_lease: 1,
  release_lease: 1,
  claim: 6,
  advance: 5,
  settle: 7,
  complete: 5,
  record_delivery: 3,
} as const;
export type ScriptName = keyof typeof SCRIPTS;
type Argument = string | number | Buffer;
type Run = (...args: Argument[]) => Promise<unknown>;

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
      redis.defineCommand(name, { numberOfKeys, lua: source(name) });
      const command: unknown = Reflect.get(redis, name);
      if (typeof command !== 'function') throw new Error(`ioredis did not define ${name}`);
      this.#run.set(name, (...args) => command.apply(redis, args));
    }
  }

  run(name: ScriptName, keys: string[], args: Argument[]): Promise<unknown> {
    const run = this.#run.get(name);
    if (run === undefined) throw new Error(`no script is called ${name}`);
    return run(...keys, ...args);
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
