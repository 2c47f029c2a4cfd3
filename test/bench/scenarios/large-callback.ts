import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { memoryMiB, resetPeak } from '../cost.ts';
import { CONCURRENCY, Installation } from '../installation.ts';
import type { Scenario } from '../scenario.ts';

const TASKS = 10_000;
const OUTPUT_BYTES = 10_000;

export const largeCallback: Scenario = {
  name: 'large-callback',
  about: `the callback of ${TASKS} tasks that wrote ${OUTPUT_BYTES} bytes each: memory that it takes`,
  run: ({ rounds, shrink }) => {
    const behaviour = { stdout: `${'x'.repeat(OUTPUT_BYTES - 1)}\n` };
    return Installation.with({ concurrency: CONCURRENCY, behaviour }, async (at) => {
      const receiver = await CountingReceiver.start();
      try {
        let arrival = receiver.next();
        const uid = await at.submit(TASKS / shrink, receiver.url);
        await at.controller.start();
        await arrival;
        const growth: number[] = [];
        const sizes: number[] = [];
        const took: number[] = [];
        for (let round = 0; round < rounds; round++) {
          resetPeak(at.pids.controller);
          const before = memoryMiB(at.pids.controller).now;
          arrival = receiver.next();
          const begun = performance.now();
          const answer = await at.api.post(`/v1/jobs/${uid}/redeliver`, {});
          if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
          sizes.push((await arrival) / 1e6);
          took.push((performance.now() - begun) / 1000);
          growth.push(memoryMiB(at.pids.controller).peak - before);
        }
        return {
          figures: [
            {
              ...{ name: 'memory growth of the controller', unit: 'MiB', values: growth },
              aim: { of: 'max', atMost: 64 },
            },
            { name: 'body', unit: 'MB', values: sizes },
            { name: 'from the request to its end', unit: 's', values: took },
          ],
        };
      } finally {
        receiver.stop();
      }
    });
  },
};

/** Takes callbacks, and keeps nothing of them but their length. */
class CountingReceiver {
  readonly #server: Server;
  #told: (bytes: number) => void = () => undefined;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', async (request, response) => {
      const bytes = await lengthOf(request);
      response.writeHead(200).end();
      this.#told(bytes);
    });
  }

  static start(): Promise<CountingReceiver> {
    const server = createServer();
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(new CountingReceiver(server)));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/done`;
  }

  /** Length in bytes of the next callback, when it has come whole. */
  next(): Promise<number> {
    return new Promise((resolve) => {
      this.#told = resolve;
    });
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

async function lengthOf(request: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) bytes += chunk.length;
  return bytes;
}
