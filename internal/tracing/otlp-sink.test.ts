import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { FinishedSpan } from './finished-span.ts';
import { otlpSink } from './otlp-sink.ts';

const SPAN: FinishedSpan = {
  ...{ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' },
  ...{ name: 'job', kind: 'internal', start: 1_700_000_000_123.5, end: 1_700_000_000_125 },
  attributes: { 'swarmer.tasks': 3 },
};
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A collector that gives what it gets; without an answer it never answers. */
async function collector(answer = '{}'): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    bodies.push(text);
    if (answer !== '') response.setHeader('content-type', 'application/json').end(answer);
  });
  server.listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

async function sinkTo(endpoint: string) {
  const lines: { msg: string }[] = [];
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  const identity = { version: '1.2.3', instance: 'i' };
  return { sink: await otlpSink({ endpoint, headers: {}, ...identity, log }), lines };
}

describe('the exporter of spans', () => {
  it('sends them under the ids and with the times that they have', async () => {
    const { url, bodies } = await collector();
    const { sink } = await sinkTo(url);
    sink.add([SPAN, { ...SPAN, spanId: '1'.repeat(16), parentSpanId: SPAN.spanId, error: 'no' }]);
    await sink.close();
    const [{ resource, scopeSpans }] = JSON.parse(bodies[0] ?? '').resourceSpans;
    expect(JSON.stringify(resource)).toContain('"service.version","value":{"stringValue":"1.2.3"}');
    const [first, second] = scopeSpans[0].spans;
    expect(first).toMatchObject({
      ...{ traceId: SPAN.traceId, spanId: SPAN.spanId, name: 'job', status: { code: 0 } },
      ...{ startTimeUnixNano: '1700000000123500000', endTimeUnixNano: '1700000000125000000' },
      attributes: [{ key: 'swarmer.tasks', value: { intValue: 3 } }],
    });
    expect(first).not.toHaveProperty('parentSpanId');
    expect(second).toMatchObject({ parentSpanId: SPAN.spanId, status: { code: 2, message: 'no' } });
  });

  it('gives up a collector that is away or does not answer, and says so once', async () => {
    const silent = await collector('');
    const giveUp = async (url: string) => {
      const { sink, lines } = await sinkTo(url);
      sink.add([SPAN]);
      await sink.close();
      return lines.filter(({ msg }) => msg.startsWith('traces cannot be sent')).length;
    };
    const told = await Promise.all([silent.url, 'http://127.0.0.1:9'].map(giveUp));
    expect(told).toEqual([1, 1]);
  });

  it('tells of a collector that has not taken all of them, once', async () => {
    const partialSuccess = { rejectedSpans: 1, errorMessage: 'too old' };
    const { url, bodies } = await collector(JSON.stringify({ partialSuccess }));
    const { sink, lines } = await sinkTo(url);
    sink.add([SPAN]);
    await expect.poll(() => bodies.length).toBe(1);
    sink.add([SPAN]);
    await sink.close();
    expect(bodies).toHaveLength(2);
    expect(lines).toMatchObject([{ detail: expect.stringContaining('too old') }]);
  });
});
