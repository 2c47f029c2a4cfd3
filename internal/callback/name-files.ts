import { readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';

/** What `/etc/resolv.conf` says of how a name is completed. Its servers are c-ares' matter. */
export interface SearchRules {
  /** Domains to complete a name with; `''` is the root. */
  domains: readonly string[];
  /** A name of fewer dots is completed first, and asked for as it stands last. */
  ndots: number;
}

const MAX_NDOTS = 15;

/** @param host name of this machine: without `search` and `domain` its domain is the list, as in glibc. */
export function parseSearchRules(text: string, host: string): SearchRules {
  let domains = host.includes('.') ? [host.slice(host.indexOf('.') + 1)] : [];
  let ndots = 1;
  for (const line of text.split('\n')) {
    const [keyword, ...values] = words(line.replace(/[#;].*$/, ''));
    // Of several lines the last one counts.
    if (keyword === 'search') domains = values;
    else if (keyword === 'domain') domains = values.slice(0, 1);
    else if (keyword === 'options') ndots = ndotsOf(values) ?? ndots;
  }
  return { domains: domains.map((domain) => domain.replace(/\.$/, '')), ndots };
}

function ndotsOf(options: string[]): number | undefined {
  const text = options.findLast((option) => /^ndots:\d+$/.test(option))?.slice('ndots:'.length);
  return text === undefined ? undefined : Math.min(Number(text), MAX_NDOTS);
}

/** The names to ask DNS for, in order, in place of `name`, as resolv.conf(5) has it. Pure. */
export function candidatesOf(name: string, { domains, ndots }: SearchRules): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const completed = domains.map((domain) => (domain === '' ? name : `${name}.${domain}`));
  const isFull = name.split('.').length - 1 >= ndots;
  return [...new Set(isFull ? [name, ...completed] : [...completed, name])];
}

/** @returns each name of a hosts file, in lower case, with its addresses. */
export function parseHosts(text: string): Map<string, string[]> {
  const hosts = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address, ...names] = words(line.replace(/#.*$/, ''));
    for (const name of address === undefined ? [] : names) {
      const known = hosts.get(name.toLowerCase());
      if (known === undefined) hosts.set(name.toLowerCase(), [address as string]);
      else if (!known.includes(address as string)) known.push(address as string);
    }
  }
  return hosts;
}

function words(line: string): string[] {
  return line.split(/\s+/).filter((word) => word !== '');
}

/**
 * The files by which names are resolved on this machine. Both are read again when they have changed:
 * Docker and Kubernetes rewrite them while a container runs. A file that is missing says nothing.
 */
export class NameFiles {
  readonly #hosts: WatchedFile<Map<string, string[]>>;
  readonly #search: WatchedFile<SearchRules>;

  constructor(hosts: string, resolvConf: string) {
    this.#hosts = new WatchedFile(hosts, parseHosts);
    this.#search = new WatchedFile(resolvConf, (text) => parseSearchRules(text, hostname()));
  }

  /** Addresses that the hosts file has for a name. */
  addressesOf(name: string): readonly string[] {
    return this.#hosts.content().get(name.replace(/\.$/, '').toLowerCase()) ?? [];
  }

  candidatesOf(name: string): string[] {
    return candidatesOf(name, this.#search.content());
  }
}

/**
 * A small file, read synchronously: that takes some µs, while a read in libuv's pool would wait behind
 * whatever else waits there.
 */
class WatchedFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  #stamp: string | undefined;
  #content: T;

  constructor(path: string, parse: (text: string) => T) {
    this.#path = path;
    this.#parse = parse;
    this.#content = parse('');
  }

  content(): T {
    const stat = statSync(this.#path, { throwIfNoEntry: false });
    const stamp = stat === undefined ? '' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
    if (stamp !== this.#stamp) {
      this.#content = this.#parse(stat === undefined ? '' : readFileSync(this.#path, 'utf8'));
      this.#stamp = stamp;
    }
    return this.#content;
  }
}
