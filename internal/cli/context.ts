import type { Client } from './client.ts';
import type { CommandSpec } from './command.ts';
import type { CliIo } from './io.ts';
import type { Options } from './options.ts';
import { type Paint, painter } from './output/style.ts';
import type { Settings } from './settings.ts';

export interface ContextParts {
  io: CliIo;
  options: Options;
  signal: AbortSignal;
  commands: readonly CommandSpec[];
}

/** What a verb works with. Made once per run; what costs time to load is loaded when asked for. */
export class Context {
  readonly io: CliIo;
  /** Aborts at the first SIGINT or SIGTERM, and when nobody reads stdout any more. */
  readonly signal: AbortSignal;
  /** The operands after `--`, undefined without one. They are the last of `args` too. */
  readonly trailing: readonly string[] | undefined;
  /** Colours for stdout. */
  readonly paint: Paint;
  /** Colours for stderr. */
  readonly paintMessage: Paint;
  /** The table of all verbs. */
  readonly commands: readonly CommandSpec[];
  readonly #options: Options;
  #settings: Promise<Settings> | undefined;
  #client: Promise<Client> | undefined;

  constructor({ io, options, signal, commands }: ContextParts) {
    this.io = io;
    this.commands = commands;
    this.signal = signal;
    this.#options = options;
    const dashes = io.argv.indexOf('--');
    this.trailing = dashes < 0 ? undefined : io.argv.slice(dashes + 1);
    this.paint = painter(io.stdout, io.env, options.negated('color'));
    this.paintMessage = painter(io.stderr, io.env, options.negated('color'));
  }

  /** Data: to stdout, as it is. */
  print(text: string): void {
    this.io.stdout.write(text);
  }

  /** One line to stdout. */
  printLine(line: string): void {
    this.print(`${line}\n`);
  }

  /** One line for people: to stderr. */
  say(line: string): void {
    this.io.stderr.write(`${line}\n`);
  }

  /** Server, token and namespace, of the options, the environment and the config file. */
  settings(): Promise<Settings> {
    this.#settings ??= import('./settings.ts').then(({ readSettings }) =>
      readSettings(this.io.env, this.#options),
    );
    return this.#settings;
  }

  /** The server's API. One per run. */
  client(): Promise<Client> {
    this.#client ??= this.#connect();
    return this.#client;
  }

  /** The namespace that names are looked up in. */
  async namespace(): Promise<string> {
    return (await this.settings()).namespace;
  }

  /** Closes what was opened. */
  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    client?.close();
  }

  async #connect(): Promise<Client> {
    const [settings, { Client }] = await Promise.all([this.settings(), import('./client.ts')]);
    const { clock, version } = this.io;
    return new Client({
      ...settings,
      clock,
      signal: this.signal,
      agentName: `swarmerctl/${version}`,
    });
  }
}
