import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LabHandle } from '../lab/handle.ts';
import { cleanEnv, lastLines } from '../lab/spawn.ts';
import { GiveUp, waitFor } from '../lab/wait.ts';
import type { ResultBody } from './result-body.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/cmd/swarmer', import.meta.url));

export interface SwarmerOptions {
  role?: 'serve' | 'api' | 'controller';
  /** Arguments behind the role. */
  args?: readonly string[];
  /** Settings beyond those that point it to the lab. */
  env?: Record<string, string>;
  /** A file that it sees in place of `/etc/resolv.conf`. */
  resolvConf?: string;
}

/** In a mount namespace of the process; `exec` keeps its pid. */
const WITH_RESOLV_CONF = 'mount --bind "$0" /etc/resolv.conf && exec "$@"';

const DIES_WITH_US = ['--pdeathsig', 'KILL'];

/** A process of the built server, on the lab's swarm, that can be killed and started again. */
export class Swarmer {
  readonly #lab: LabHandle;
  readonly #role: string;
  readonly #args: readonly string[];
  readonly #env: Record<string, string>;
  readonly #within: readonly string[];
  readonly #log: string;
  #child: ChildProcess | undefined;
  #starts = 0;
  #port = 0;

  constructor(lab: LabHandle, options: SwarmerOptions = {}) {
    const { role = 'serve', args = [], env = {}, resolvConf } = options;
    const dir = mkdtempSync(join(lab.dir, `${role}-`));
    this.#lab = lab;
    this.#role = role;
    this.#args = args;
    this.#within =
      resolvConf === undefined
        ? []
        : ['unshare', '--mount', 'sh', '-c', WITH_RESOLV_CONF, resolvConf];
    this.#log = join(dir, 'swarmer.log');
    this.#env = {
      ...cleanEnv,
      // The node that runs the tests, wherever that is.
      PATH: `${dirname(process.execPath)}:${cleanEnv.PATH}`,
      // A lab with no swarm is enough for the API alone.
      ...(lab.nodes.length > 0 ? { DOCKER_HOST: `unix://${lab.dockerSocket}` } : {}),
      SWARMER_DATA_DIR: dir,
      SWARMER_PORT: '0',
      RUNNER_HOST_NAME: lab.hostAddress,
      SWARMER_CALLBACK_ALLOW: '127.0.0.1',
      SWARMER_LEASE_SECONDS: '1',
      ...env,
    };
  }

  /** Starts the process, and awaits that it is up. A later start takes the port of the first. */
  async start(): Promise<this> {
    if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing; run: make build`);
    const log = openSync(this.#log, 'a');
    const bound = [...DIES_WITH_US, ...this.#within, PROGRAM, this.#role, ...this.#args];
    const env = this.#port === 0 ? this.#env : { ...this.#env, SWARMER_PORT: String(this.#port) };
    this.#child = spawn('setpriv', bound, { env, stdio: ['ignore', log, log] });
    closeSync(log);
    await once(this.#child, 'spawn');
    this.#starts++;
    const message = this.#role === 'controller' ? 'swarmer starts' : 'listening';
    const line = await this.logged(message, this.#starts);
    if (typeof line['port'] === 'number') this.#port = line['port'];
    return this;
  }

  /** Pid of the process; undefined before the first start. It names the holder of the lease. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get running(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Awaits that the server has logged a message, for the n-th time. */
  logged(message: string, times = 1): Promise<Record<string, unknown>> {
    // The listener for reports only is on the lab's address.
    const { SWARMER_HOST: host = '127.0.0.1' } = this.#env;
    const isOurs = (line: Record<string, unknown>) =>
      message !== 'listening' || line['host'] === host;
    return waitFor(
      () => {
        if (this.#child?.exitCode !== null) throw new GiveUp(`swarmer ended; ${this.lastLines()}`);
        const found = this.logLines().filter((line) => line['msg'] === message && isOurs(line));
        return found[times - 1];
      },
      { what: `swarmer to log "${message}"`, timeoutMs: 30_000, detail: () => this.lastLines() },
    );
  }

  /** What it has logged so far, over all its starts; lines that are not JSON are left out. */
  logLines(): Record<string, unknown>[] {
    const lines = readFileSync(this.#log, 'utf8').split('\n');
    return lines.flatMap((line) => {
      if (!line.startsWith('{') || !line.endsWith('}')) return [];
      return [JSON.parse(line) as Record<string, unknown>];
    });
  }

  /** Sends a signal and awaits the end. @returns the exit code, or the signal that ended it. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return 0;
    const exit = once(child, 'exit');
    child.kill(signal);
    const [code, by] = (await exit) as [number | null, NodeJS.Signals | null];
    return code ?? by ?? 0;
  }

  /** Sends a signal and waits for nothing. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, init);
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  /** Submits a job and returns its id. @throws Error with the answer when it is not accepted. */
  async submit(body: unknown): Promise<string> {
    const response = await this.post('/submit', body);
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
    const { id } = (await response.json()) as { id: string };
    return id;
  }

  /** Creates a Job of `swarmer/v1` and returns its id. */
  async create(spec: object): Promise<string> {
    const response = await this.post('/v1/jobs', { apiVersion: 'swarmer/v1', kind: 'Job', spec });
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
    const { id } = (await response.json()) as { id: string };
    return id;
  }

  /** Awaits the end of a job, and gives its body then. */
  finished(id: string, timeoutMs = 60_000): Promise<ResultBody> {
    const look = async () => {
      const body = await this.status(id);
      return body.__phase === 'Running' ? undefined : body;
    };
    return waitFor(look, { what: `job ${id} to finish`, timeoutMs });
  }

  async status(id: string): Promise<ResultBody> {
    const response = await this.request(`/status/${id}`);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as ResultBody;
  }

  /** The names of a job's services that exist now. */
  async services(id: string): Promise<string[]> {
    const filters = { label: [`swarmer.job=${id}`] };
    const services = await this.#lab.docker.listServices({ filters });
    return services.map((service) => service.Spec?.Name ?? '');
  }

  /** The end of its log. */
  lastLines(): string {
    return lastLines(this.#log, 30);
  }
}
