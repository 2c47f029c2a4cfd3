import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';

const value = z.union([
  z.strictObject({ stringValue: z.string() }).transform((it) => it.stringValue),
  z.strictObject({ intValue: z.union([z.number(), z.string()]) }).transform((it) => it.intValue),
]);
const attributes = z
  .array(z.strictObject({ key: z.string(), value }))
  .transform((list) => Object.fromEntries(list.map((it) => [it.key, it.value])));
const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const span = z.looseObject({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: hex(16).optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.string().regex(/^\d+$/),
  endTimeUnixNano: z.string().regex(/^\d+$/),
  attributes,
  status: z.looseObject({ code: z.number(), message: z.string().optional() }),
});
const request = z.strictObject({
  resourceSpans: z.array(
    z.looseObject({
      resource: z.looseObject({ attributes }),
      scopeSpans: z.array(z.looseObject({ spans: z.array(span) })),
    }),
  ),
});

export type ReceivedSpan = z.infer<typeof span> & { service: unknown };

/** What takes traces by OTLP over HTTP as JSON, and holds each request to its form. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** What was not as it has to be. */
  readonly problems: unknown[] = [];
  readonly authorizations = new Set<string | undefined>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', async (incoming, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      this.authorizations.add(incoming.headers.authorization);
      if (incoming.url !== '/v1/traces') this.problems.push(incoming.url);
      this.#take(Buffer.concat(chunks).toString('utf8'));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }

  static async start(): Promise<OtlpReceiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new OtlpReceiver(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  named(name: string): ReceivedSpan[] {
    return this.spans.filter((it) => it.name === name);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #take(text: string): void {
    const parsed = request.safeParse(JSON.parse(text));
    if (!parsed.success) {
      this.problems.push(z.prettifyError(parsed.error));
      return;
    }
    for (const { resource, scopeSpans } of parsed.data.resourceSpans) {
      const service = resource.attributes['service.name'];
      for (const { spans } of scopeSpans) {
        this.spans.push(...spans.map((it) => ({ ...it, service })));
      }
    }
  }
}
