import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { FakeClock } from '../../clock/fake-clock.ts';
import { nodeFiles } from '../../manifest/index.ts';
import { Policy, type PolicySource } from '../../policy/index.ts';
import { DirectoryApplier } from '../directory-applier.ts';
import type { FileEvent } from '../watch.ts';
import { FakeStores } from './fake-stores.ts';

/** A clock that counts the sleeps that were begun: a server that sleeps has ended its look. */
class CountingClock extends FakeClock {
  sleeps = 0;

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const slept = super.sleep(ms, signal);
    this.sleeps++;
    return slept;
  }
}

export interface LogLine {
  level: number;
  msg: string;
  manifest?: string;
  object?: string;
  result?: string;
  faults?: string[];
  problem?: string;
  other?: string;
}

export function jobText(name: string, more = ''): string {
  return `apiVersion: swarmer/v1\nkind: Job\nmetadata: {name: ${name}}\nspec: {image: busybox${more}}\n`;
}

/**
 * A directory of a test, what is applied of it, and what is told. Looks happen when asked for; a file is
 * taken by the second one that shows it.
 */
export class Bench {
  readonly fake = new FakeStores();
  readonly log: LogLine[] = [];
  readonly directory: string;
  readonly clock = new CountingClock();
  /** In force. */
  policy: PolicySource = new Policy();
  /** Directories that are watched now, each with what gives a hint. */
  readonly watched = new Map<string, (name?: string, event?: FileEvent) => void>();
  readonly #running: {
    stop: AbortController;
    ended: Promise<void>;
    applier: DirectoryApplier;
  }[] = [];

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async make(): Promise<Bench> {
    return new Bench(await mkdtemp(join(tmpdir(), 'swarmer-applydir-')));
  }

  async write(path: string, text: string | Uint8Array): Promise<void> {
    await mkdir(dirname(join(this.directory, path)), { recursive: true });
    await writeFile(join(this.directory, path), text);
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.directory, path));
  }

  /** A server that keeps the directory applied; resolves once it has taken what there is. */
  async start(): Promise<void> {
    await this.begin();
    await this.look();
  }

  /** The same, after the first look of it. */
  async begin(): Promise<void> {
    const applier = new DirectoryApplier({
      ...{ directory: this.directory, files: nodeFiles(Readable.from([])), clock: this.clock },
      watch: (directory, changed, _failed, told) => {
        this.watched.set(directory, (name, event) => {
          if (name !== undefined && event !== undefined) told?.(join(directory, name), event);
          changed();
        });
        return () => this.watched.delete(directory);
      },
      stores: this.fake.stores,
      outputLimitBytes: 1024,
      policy: { rulesOf: (namespace) => this.policy.rulesOf(namespace) },
      log: pino({ level: 'debug' }, { write: (line) => this.log.push(JSON.parse(line)) }),
    });
    const stop = new AbortController();
    const before = this.clock.sleeps;
    this.#running.push({ stop, ended: applier.run(stop.signal), applier });
    await this.#slept(before + 1);
  }

  /** What the servers say is wrong. */
  get problems(): string[] {
    return this.#running.flatMap(({ applier }) => applier.problems);
  }

  /** Ends the servers, as a restart does. */
  async stop(): Promise<void> {
    for (const { stop, ended } of this.#running.splice(0)) {
      stop.abort();
      await ended;
    }
  }

  /** Has a change seen, and then taken. */
  async look(ms = 10_000): Promise<void> {
    await this.lookOnce(ms);
    await this.lookOnce(ms);
  }

  /** Moves the clock to the next look, and awaits its end. */
  async lookOnce(ms: number): Promise<void> {
    const before = this.clock.sleeps;
    this.clock.advance(ms);
    await this.#slept(before + this.#running.length);
  }

  /** Gives a hint that something changed in a watched directory, and awaits the look. */
  async hint(directory = this.directory, ...became: [string, FileEvent] | []): Promise<void> {
    const changed = this.watched.get(directory);
    if (changed === undefined) throw new Error(`${directory} is not watched`);
    const before = this.clock.sleeps;
    changed(...became);
    changed();
    await this.#slept(before + 1);
    await this.lookOnce(250);
  }

  /** What was told of with this message. */
  told(message: string | RegExp): LogLine[] {
    return this.log.filter(({ msg }) => msg.match(message));
  }

  async end(): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true });
  }

  async #slept(times: number): Promise<void> {
    const look = () => expect(this.clock.sleeps).toBe(times);
    await vi.waitFor(look, { timeout: 20_000, interval: 2 });
  }
}

/** A bench for each test of the file. */
export function useBench(): () => Bench {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.make();
  });
  afterEach(() => bench.end());
  return () => bench;
}
