import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { streamEvents } from './event-stream.ts';
import { ConnectionRefused, ModelError, NoAnswer } from './model-error.ts';
import { type Answer, API_VERSION, type Call, Json, perform, route } from './routes.ts';
import { type CallName, type Fault, Faults } from './server-faults.ts';
import type { ModelSwarm } from './swarm.ts';

export interface ModelServer {
  /** What goes wrong with the calls to come. */
  faults: Faults;
  close(): Promise<void>;
}

interface ServerOptions {
  swarm: ModelSwarm;
  socketPath: string;
  /** Told of every call before it is done. */
  onCall?: (name: CallName) => void;
}

/** Serves the Engine API of a model swarm on a unix socket. */
export async function startModelServer(options: ServerOptions): Promise<ModelServer> {
  const { swarm, socketPath, onCall = () => {} } = options;
  const faults = new Faults();
  const server = createServer((request, response) => {
    answer({ swarm, faults, onCall, request, response }).catch((error: unknown) => {
      refuse(response, error);
    });
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    faults,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Exchange {
  swarm: ModelSwarm;
  faults: Faults;
  onCall: (name: CallName) => void;
  request: IncomingMessage;
  response: ServerResponse;
}

async function answer({ swarm, faults, onCall, request, response }: Exchange): Promise<void> {
  const body = await textOf(request);
  const call = route(request.method ?? '', request.url ?? '');
  onCall(call.name);
  const fault = faults.next(call.name);
  if (fault.delayMs !== undefined) await swarm.clock.sleep(fault.delayMs);
  if (fault.hang) return;
  if (fault.fail !== undefined) throw new ModelError(fault.fail, 'rpc error: made to fail');
  if (call.name === 'events') streamEvents(swarm, call, response, fault);
  else send(response, call, perform(swarm, call, body), fault);
  if (isFollowed(call) && !fault.breakMidReply) {
    const { end } = swarm.followLog(call.id, (frames) => response.write(frames));
    response.once('close', end);
  }
}

function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => resolve(Buffer.concat(chunks).toString()));
    request.once('error', reject);
    request.once('aborted', () => reject(new ConnectionRefused('the client hung up')));
  });
}

function send(response: ServerResponse, call: Call, { status, body }: Answer, fault: Fault): void {
  if (fault.loseReply) {
    response.destroy();
    return;
  }
  if (call.name === 'ping') response.setHeader('Api-Version', API_VERSION);
  const isJson = typeof body === 'object' && !Buffer.isBuffer(body);
  if (isJson) response.setHeader('Content-Type', 'application/json');
  const bytes = isJson ? Buffer.from(`${jsonOf(body)}\n`) : bytesOf(body);
  if (!fault.breakMidReply && !isFollowed(call)) {
    response.writeHead(status, { 'Content-Length': bytes.length }).end(bytes);
    return;
  }
  response.writeHead(status);
  response.flushHeaders();
  if (fault.breakMidReply)
    response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  else response.write(bytes);
}

/** A log that is followed does not end when its task does. */
function isFollowed({ name, query }: Call): boolean {
  return name === 'taskLogs' && query.get('follow') === '1';
}

function jsonOf(body: object | null): string {
  return body instanceof Json ? body.text : JSON.stringify(body);
}

function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : '');
}

function refuse(response: ServerResponse, error: unknown): void {
  if (error instanceof NoAnswer) return;
  if (error instanceof ConnectionRefused || response.headersSent) {
    response.destroy();
    return;
  }
  const status = error instanceof ModelError ? error.statusCode : 500;
  const message = error instanceof ModelError ? error.json.message : String(error);
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify({ message })}\n`);
}
