import { get } from 'node:http';
import { get as getSecurely } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Clock } from '../clock/clock.ts';
import type { Settings } from '../config/index.ts';
import { apiHost } from './addresses.ts';

/** Less than a container's health check may take, with the start of the program that makes it. */
const LIMIT_MS = 20_000;
const EVERYWHERE = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

/**
 * Where the server of these settings answers on its own machine: on the port of its metrics where there
 * is one, as a controller has no other.
 */
export function healthAddress(settings: Settings): { host: string; port: number } {
  const { metricsPort, metricsHost } = settings;
  const host = metricsPort === undefined ? apiHost(settings) : metricsHost;
  return { host: EVERYWHERE.get(host) ?? host, port: metricsPort ?? settings.port };
}

/**
 * Asks the server that has the same settings.
 * @throws Error with one sentence when it does not answer, or says that something is wrong.
 */
export async function askHealth(
  settings: Settings,
  path: '/healthz' | '/readyz',
  clock: Clock,
): Promise<void> {
  const { host, port } = healthAddress(settings);
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
  const { status, body } = await ask(url, clock).catch((error: Error) => {
    throw new Error(`no answer from ${url}: ${error.message}`, { cause: error });
  });
  if (status !== 200) throw new Error(`${url} answers ${status}: ${body.trim()}`);
}

/** @throws Error of the network, of the time limit, or of `signal`. */
export async function ask(
  url: string,
  clock: Clock,
  { limitMs = LIMIT_MS, signal }: { limitMs?: number; signal?: AbortSignal } = {},
): Promise<{ status: number; body: string }> {
  const late = new AbortController();
  const over = signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]);
  const cancel = clock.after(limitMs, () => late.abort());
  const send = url.startsWith('https:') ? getSecurely : get;
  try {
    return await new Promise((resolve, reject) => {
      send(url, { signal: over, agent: false }, (response) => {
        const status = response.statusCode ?? 0;
        text(response).then((body) => resolve({ status, body }), reject);
      }).once('error', reject);
    });
  } catch (error) {
    if (late.signal.aborted) throw new Error(`it takes longer than ${limitMs} ms`);
    throw error;
  } finally {
    cancel();
  }
}
