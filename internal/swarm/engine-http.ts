import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Clock } from '../clock/clock.ts';
import { EngineError, toEngineError } from './engine-error.ts';
import type { EngineTarget } from './engine-target.ts';

/** One call of the Engine API. */
export interface EngineCall {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  /** What is tried, to begin an error's message with. */
  what: string;
  /** JSON. */
  body?: string;
  headers?: Record<string, string>;
}

interface EngineHttpOptions {
  target: EngineTarget;
  clock: Clock;
  /** Limit of a call in ms; of a stream, of each silence. */
  timeoutMs: number;
}

/** Connections that are kept and used again. Bounded: an engine that is slow gets no more of them. */
const POOL = { keepAlive: true, maxSockets: 64, maxFreeSockets: 64 };
/** Most bytes of a refusal that are kept for its words. */
const MAX_WORDS = 16 * 1024;

/**
 * The calls that are made for every task, and the lists of every look. dockerode costs 90 µs of processor time around each, most of it
 * for a debug text of every request and for abort signals; this costs 35 µs (Node 20, model engine).
 */
export class EngineHttp {
  readonly #options: EngineHttpOptions;
  readonly #open: (call: EngineCall) => ClientRequest;
  /** Begins every path, such as `/v1.51`; empty for the version that the engine takes by itself. */
  #version = '';

  constructor(options: EngineHttpOptions) {
    this.#options = options;
    this.#open = opener(options.target);
  }

  /** @param version such as `v1.51`; without it, that which the engine takes by itself. */
  speak(version: string | undefined): void {
    this.#version = version === undefined ? '' : `/${version}`;
  }

  /** @returns the body of a reply that is no refusal. @throws EngineError */
  async send(call: EngineCall): Promise<string> {
    const chunks: Buffer[] = [];
    await this.#exchange(call, false, (chunk) => chunks.push(chunk));
    return Buffer.concat(chunks).toString();
  }

  /** Hands the body on as it comes; resolves at its end. @throws EngineError */
  stream(call: EngineCall, onChunk: (chunk: Buffer) => void): Promise<void> {
    return this.#exchange(call, true, onChunk);
  }

  #exchange(call: EngineCall, lasts: boolean, onChunk: (chunk: Buffer) => void): Promise<void> {
    const { clock, timeoutMs } = this.#options;
    return new Promise((resolve, reject) => {
      const sent = this.#open({ ...call, path: this.#version + call.path });
      const late = () => {
        const text = `${call.what}: the engine did not answer within ${timeoutMs} ms`;
        sent.destroy(new EngineError('Unavailable', text));
        end(new EngineError('Unavailable', text));
      };
      let cancel = clock.after(timeoutMs, late);
      const end = (error?: unknown) => {
        cancel();
        if (error === undefined) resolve();
        else reject(toEngineError(call.what, error));
      };
      sent.on('error', end);
      sent.on('response', (response) => {
        const alive = () => {
          cancel();
          cancel = clock.after(timeoutMs, late);
        };
        receive(response, { onChunk, onEnd: end, alive: lasts ? alive : () => {} });
      });
      sent.end(call.body);
    });
  }
}

interface Receiver {
  onChunk: (chunk: Buffer) => void;
  onEnd: (error?: unknown) => void;
  alive: () => void;
}

function receive(response: IncomingMessage, { onChunk, onEnd, alive }: Receiver): void {
  const { statusCode = 0 } = response;
  const isRefusal = statusCode < 200 || statusCode >= 300;
  let words = '';
  response.on('data', (chunk: Buffer) => {
    alive();
    if (!isRefusal) onChunk(chunk);
    else if (words.length < MAX_WORDS) words += chunk.toString();
  });
  response.on('end', () => onEnd(isRefusal ? refusal(statusCode, words) : undefined));
  response.on('error', onEnd);
  response.on('close', () => {
    if (!response.complete) onEnd(new Error('the connection broke within the reply'));
  });
}

/** As `toEngineError` takes it: with the status, and the engine's own message where there is one. */
function refusal(statusCode: number, words: string): Error {
  return Object.assign(new Error(words.trim() || `status ${statusCode}`), {
    statusCode,
    json: parsed(words),
  });
}

/** @returns what the JSON says; undefined for a text that is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function opener(target: EngineTarget): (call: EngineCall) => ClientRequest {
  const tls = 'protocol' in target && target.protocol === 'https';
  const agent = tls ? new https.Agent(POOL) : new http.Agent(POOL);
  return ({ method, path, body, headers = {} }) => {
    const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
    const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
    // Of the module at each call: tests put another function in its place.
    return (tls ? https : http).request({
      ...at(target),
      agent,
      method,
      path,
      headers: { ...length, ...type, ...headers },
    });
  };
}

function at(target: EngineTarget): object {
  if ('socketPath' in target) return { socketPath: target.socketPath };
  const { protocol: _, ...place } = target;
  return place;
}
