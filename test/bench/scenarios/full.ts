import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../../lab/wait.ts';
import { Installation } from '../installation.ts';
import type { Figure, Scenario } from '../scenario.ts';

const MAXMEMORY_MB = 32;
const SUBMITTERS = 4;
const TASKS = 5;
const OUTPUT = 'x'.repeat(100_000);
/** Before a refused client asks again. */
const PAUSE_MS = 50;
/** The load lasts for so many windows: five minutes. */
const WINDOWS = 5;

export const full: Scenario = {
  name: 'full',
  about:
    `a Redis with a maxmemory of ${MAXMEMORY_MB} MB, filled by jobs and their output, and ${SUBMITTERS} clients that ` +
    `go on submitting for ${WINDOWS} windows: what they are told, and what has become of what was accepted once ` +
    'it has more',
  run: ({ seconds }) => {
    const options = {
      ...{ concurrency: 50, behaviour: { stdout: OUTPUT } },
      redisArgs: ['--maxmemory', `${MAXMEMORY_MB}mb`],
    };
    return Installation.with(options, (at) => fillUp(at, seconds * WINDOWS));
  },
};

async function fillUp(at: Installation, seconds: number) {
  const callbacks = await Callbacks.start();
  const said = new Set<string>();
  const accepted: string[] = [];
  const others: string[] = [];
  const submit = async () => {
    const tasks = Array.from({ length: TASKS }, (_, i) => ({ task_name: `t${i}` }));
    const body = { image_name: 'busybox', callback_url: callbacks.url, tasks };
    const answer = await at.api.post('/submit', body);
    const { id, detail } = (await answer.json()) as { id?: string; detail?: string };
    if (answer.status === 201 && id !== undefined) accepted.push(id);
    else if (answer.status !== 503) others.push(`${answer.status} ${detail}`);
    // How full it is stands in the sentence.
    else said.add(String(detail).replace(/\d+/g, 'N'));
    return answer.status;
  };
  await at.controller.start();
  const end = performance.now() + seconds * 1000;
  let mostUsed = 0;
  let refused = 0;
  const client = async () => {
    while (performance.now() < end) {
      if ((await submit()) === 201) continue;
      refused += 1;
      await delay(PAUSE_MS);
    }
  };
  const watch = async () => {
    while (performance.now() < end) {
      const info = await at.db.info('memory');
      mostUsed = Math.max(mostUsed, Number(/^used_memory:(\d+)/m.exec(info)?.[1]) / 2 ** 20);
      await delay(200);
    }
  };
  await Promise.all([watch(), ...Array.from({ length: SUBMITTERS }, client)]);
  const openThen = accepted.length - callbacks.ended.size;

  const begun = performance.now();
  // What was accepted may not fit: then nothing can end that could be deleted.
  await at.db.config('SET', 'maxmemory', '4gb');
  const areEnded = () => accepted.every((uid) => callbacks.ended.has(uid));
  const isTaken = async () => (await submit()) === 201;
  await waitFor(isTaken, { what: 'a job to be accepted again', timeoutMs: 60_000 });
  const takenAfter = (performance.now() - begun) / 1000;
  const lost = await waitFor(areEnded, {
    ...{ what: 'the callback of every job', timeoutMs: 600_000, intervalMs: 200 },
  }).then(
    () => 0,
    () => accepted.filter((uid) => !callbacks.ended.has(uid)).length,
  );
  const goesOnAfter = (performance.now() - begun) / 1000;
  await callbacks.stop();
  if (others.length > 0) process.stderr.write(`${[...new Set(others)].join('\n')}\n`);
  process.stderr.write(`${[...said].join('\n')}\n`);
  const failed = [...callbacks.ended.values()].filter((phase) => phase !== 'Complete').length;
  const none = { of: 'max', atMost: 0 } as const;
  const figures: Figure[] = [
    { name: 'accepted', unit: 'jobs', values: [accepted.length] },
    { name: 'refused with 503', unit: '', values: [refused], aim: { of: 'min', atLeast: 1 } },
    { name: 'sentences that tell why', unit: '', values: [said.size] },
    { name: 'other answers', unit: '', values: [others.length], aim: none },
    { name: 'most that Redis used', unit: 'MiB', values: [mostUsed] },
    { name: 'accepted, not ended when space was made', unit: 'jobs', values: [openThen] },
    { name: 'accepted and lost', unit: 'jobs', values: [lost], aim: none },
    { name: 'ended other than Complete', unit: 'jobs', values: [failed], aim: none },
    { name: 'called back twice', unit: 'jobs', values: [callbacks.twice], aim: none },
    { name: 'from more memory until a job was taken', unit: 's', values: [takenAfter] },
    { name: 'from more memory until all had ended', unit: 's', values: [goesOnAfter] },
  ];
  return { figures };
}

/** Receives callbacks, and keeps of each only how its job ended. */
class Callbacks {
  /** Phase of each job, by its id. */
  readonly ended = new Map<string, string>();
  twice = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', async (request: IncomingMessage, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      const body = JSON.parse(text) as { __job_id: string; __phase: string };
      if (this.ended.has(body.__job_id)) this.twice += 1;
      this.ended.set(body.__job_id, body.__phase);
      response.writeHead(204).end();
    });
  }

  static async start(): Promise<Callbacks> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Callbacks(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/done`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
