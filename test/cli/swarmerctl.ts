import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnv } from '../lab/spawn.ts';
import { waitFor } from '../lab/wait.ts';

/** The built program. */
export const PROGRAM = fileURLToPath(new URL('../../dist/ctl/swarmerctl.js', import.meta.url));

export interface RunOptions {
  stdin?: string;
  env?: Record<string, string>;
}

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** The command lines of this test file; a test of a verb must have run it. */
export const commandLines: (readonly string[])[] = [];

/** The built swarmerctl, pointed to a server. */
export class Swarmerctl {
  /** Its home, with the configuration and the manifests of the tests. */
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly #server: string;
  readonly #namespace: string | undefined;

  constructor(server: string, dir: string, namespace?: string) {
    if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing; run: make build`);
    this.#server = server;
    this.dir = dir;
    this.#namespace = namespace;
    this.env = {
      ...cleanEnv,
      HOME: dir,
      SWARMER_SERVER: server,
      SWARMER_CONFIG: join(dir, 'config.yaml'),
    };
  }

  /** The same, for another namespace. */
  in(namespace: string): Swarmerctl {
    return new Swarmerctl(this.#server, this.dir, namespace);
  }

  /** The same, on another way to the server. */
  at(server: string): Swarmerctl {
    return new Swarmerctl(server, this.dir, this.#namespace);
  }

  /** Writes a file into its home, and returns its path. */
  file(name: string, text: string): string {
    const path = join(this.dir, name);
    writeFileSync(path, text);
    return path;
  }

  /** Starts a command line, for tests that act while it runs. */
  start(args: readonly string[], { stdin, env = {} }: RunOptions = {}): Running {
    commandLines.push(args);
    const place = this.#namespace === undefined ? [] : ['--namespace', this.#namespace];
    const command = [process.execPath, PROGRAM, ...place, ...args];
    // It goes when this process does, however that ends.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
      env: { ...this.env, ...env },
      stdio: 'pipe',
    });
    child.stdin.end(stdin ?? '');
    return new Running(child, args);
  }

  /** Runs a command line to its end. */
  run(args: readonly string[], options?: RunOptions): Promise<Outcome> {
    return this.start(args, options).end();
  }

  /**
   * What a command line writes to stdout.
   * @throws Error when it does not exit with 0.
   */
  async read(args: readonly string[], options?: RunOptions): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, options);
    if (code === 0) return stdout;
    throw new Error(`swarmerctl ${args.join(' ')} exits with ${code}: ${stderr}`);
  }

  /** As {@link read}, of a command line that writes JSON. */
  async json<T>(args: readonly string[], options?: RunOptions): Promise<T> {
    return JSON.parse(await this.read([...args, '-o', 'json'], options)) as T;
  }
}

/** A command line that runs. */
export class Running {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #over: Promise<Outcome>;
  readonly #words: string;

  constructor(child: ChildProcess, args: readonly string[]) {
    this.#child = child;
    this.#words = `swarmerctl ${args.join(' ')}`;
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8');
      child[name]?.on('data', (text: string) => {
        this[name] += text;
      });
    }
    // A program that reads no stdin may have ended before it was written.
    child.stdin?.on('error', () => {});
    this.#over = once(child, 'close').then(([code, signal]: unknown[]) => {
      if (typeof code !== 'number') throw new Error(`${this.#words} was ended by ${signal}`);
      return { code, stdout: this.stdout, stderr: this.stderr };
    });
    // Nobody may be waiting for it yet.
    this.#over.catch(() => {});
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Awaits its end. */
  end(): Promise<Outcome> {
    return this.#over;
  }

  /** Awaits that a stream has a text, while the program runs. */
  async shows(text: string | RegExp, stream: 'stdout' | 'stderr' = 'stdout'): Promise<void> {
    const has = () =>
      typeof text === 'string' ? this[stream].includes(text) : text.test(this[stream]);
    await waitFor(() => has() || !this.isRunning, {
      what: `${this.#words} to show ${text}`,
      timeoutMs: 60_000,
      detail: () => this.#shown(),
    });
    if (!has()) throw new Error(`${this.#words} has ended without ${text}\n${this.#shown()}`);
  }

  #shown(): string {
    return `stdout: ${this.stdout.slice(-2000)}\nstderr: ${this.stderr.slice(-2000)}`;
  }
}
