import { execFile } from 'node:child_process';
import type { LoginResult } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import { found } from './login.ts';

/** Longest that a helper may take, in ms; one that asks a cloud takes seconds. */
const LIMIT_MS = 10_000;
/** How long an answer is used again, in ms: the tasks of a job start together. */
const KEPT_MS = 30_000;
const MAX_OUTPUT_BYTES = 64 * 1024;
const PROGRAM = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
/** What helpers print for a registry that they do not know (docker-credential-helpers/credentials). */
const NOT_FOUND = /credentials not found/i;

interface Kept {
  until: number;
  answer: Promise<LoginResult>;
}

/**
 * Runs `docker-credential-NAME get`: the registry on its stdin, JSON on its stdout. What it prints is
 * never told on, not even of one that fails.
 */
export class CredentialHelper {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async get(name: string, address: string, registry: string): Promise<LoginResult> {
    const program = `docker-credential-${name}`;
    if (!PROGRAM.test(name)) {
      const message = "a credential helper of Docker's config.json has no proper name";
      return { kind: 'failed', message, passing: false };
    }
    const key = `${program} ${address}`;
    const now = this.#clock.monotonic();
    const kept = this.#kept.get(key);
    if (kept !== undefined && now < kept.until) return kept.answer;
    const answer = this.#ask(program, address, registry);
    this.#kept.set(key, { until: now + KEPT_MS, answer });
    const { kind } = await answer;
    if (kind !== 'found') this.#kept.delete(key);
    return answer;
  }

  /** The registry refused what the helpers said: they are asked again. */
  forget(): void {
    this.#kept.clear();
  }

  async #ask(program: string, address: string, registry: string): Promise<LoginResult> {
    const failed = (what: string, passing: boolean): LoginResult => ({
      kind: 'failed',
      message: `${program} ${what}; try: echo ${address} | ${program} get`,
      passing,
    });
    const { stdout, problem } = await this.#run(program, address);
    if (NOT_FOUND.test(stdout)) return { kind: 'none' };
    if (problem !== undefined) return failed(problem, problem !== MISSING);
    const { Username, Secret } = parsed(stdout);
    if (typeof Username !== 'string' || typeof Secret !== 'string' || Secret === '') {
      return failed('printed no login', true);
    }
    const secret =
      Username === '<token>' ? { identitytoken: Secret } : { username: Username, password: Secret };
    return found(registry, program, secret);
  }

  #run(program: string, address: string): Promise<{ stdout: string; problem?: string }> {
    return new Promise((resolve) => {
      const options = { maxBuffer: MAX_OUTPUT_BYTES, killSignal: 'SIGKILL' } as const;
      let late = false;
      const child = execFile(program, ['get'], options, (error, stdout) => {
        cancel();
        const problem = late ? `did not answer within ${LIMIT_MS / 1000} s` : problemOf(error);
        resolve(problem === undefined ? { stdout } : { stdout, problem });
      });
      const cancel = this.#clock.after(LIMIT_MS, () => {
        late = true;
        child.kill('SIGKILL');
        // What it started may hold its output open.
        child.stdout?.destroy();
        child.stderr?.destroy();
      });
      // One that does not read its input has ended: its exit tells why.
      child.stdin?.on('error', () => {});
      child.stdin?.end(address);
    });
  }
}

const MISSING = 'is not installed where swarmer runs';

function problemOf(error: Error | null): string | undefined {
  if (error === null) return undefined;
  const code: unknown = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return MISSING;
  return typeof code === 'number' ? `exited with ${code}` : 'could not be run to its end';
}

function parsed(stdout: string): { Username?: unknown; Secret?: unknown } {
  try {
    const value: unknown = JSON.parse(stdout);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
