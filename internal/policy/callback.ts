import { isIP } from 'node:net';
import { quoted } from '../apis/validation/index.ts';
import { parseAllowList } from './addresses/allow-list.ts';
import { addressRefusal } from './addresses/refusal.ts';
import { type Judge, listed, type Refusal } from './refusal.ts';
import type { Rules } from './rules.ts';

/**
 * Where a callback goes, as far as its URL tells: what a name resolves to is checked when it is
 * delivered. The URL parser has every spelling of an address in one form.
 */
export const judgeCallback: Judge = function* ({ callbacks }, { spec: { callback } }) {
  const url = callback && parsed(callback.url);
  if (url === undefined) return;
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  yield* judgeHost(callbacks, host);
};

function parsed(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}

function* judgeHost(callbacks: Rules['callbacks'], host: string): Generator<Refusal> {
  const at = ['callback', 'url'];
  if (!allowsHost(callbacks.hosts, host)) {
    const wrong = `callbacks may not be sent to ${quoted(host)}`;
    yield { rule: 'callbacks.hosts', at, wrong, allowed: listed(callbacks.hosts) };
  }
  const address = isLocalName(host) ? '127.0.0.1' : host;
  if (isIP(address) === 0) return;
  const refusal = addressRefusal(callbacks, host, address);
  if (refusal !== undefined) yield { ...refusal, at };
}

/** Resolves to loopback whatever the resolver says (RFC 6761). */
function isLocalName(host: string): boolean {
  return /(^|\.)localhost$/.test(host);
}

/** True when the operator lets callbacks go to a host of this name, or address. */
export function allowsHost(hosts: readonly string[], host: string): boolean {
  if (hosts.includes('*')) return true;
  const list = parseAllowList(hosts);
  return list.allowsHost(host) || (isIP(host) !== 0 && list.allowsAddress(host));
}
