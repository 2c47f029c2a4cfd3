import type { Path } from '../apis/validation/index.ts';
import { defined } from './defined.ts';
import { DNS_CONFIG, DNS_OPTION, HOST_ALIAS } from './fields/network.ts';
import type { Origins } from './origins.ts';
import type { Source } from './source.ts';

/** Names and addresses that the pod gives its containers. @param spec of ours. */
export function convertNetwork(pod: Source, origins: Origins, spec: Path) {
  for (const [ours, theirs] of [
    [['hostname'], ['hostname']],
    [['dns'], ['dnsConfig']],
    [
      ['dns', 'search'],
      ['dnsConfig', 'searches'],
    ],
    [['extraHosts'], ['hostAliases']],
  ] as const) {
    origins.set([...spec, ...ours], pod.at(...theirs));
  }
  return {
    hostname: pod.text('hostname') || undefined,
    dns: dnsOf(pod.object('dnsConfig')),
    extraHosts: listed(pod.objects('hostAliases').flatMap(aliasesOf)),
  };
}

function dnsOf(source: Source | undefined) {
  source?.noteOthers(DNS_CONFIG);
  if (source === undefined) return undefined;
  return defined({
    nameservers: listed(source.texts('nameservers')),
    search: listed(source.texts('searches')),
    options: listed(source.objects('options').flatMap(optionOf)),
  });
}

function optionOf(source: Source): string[] {
  source.noteOthers(DNS_OPTION);
  const [name, value] = [source.text('name'), source.text('value')];
  if (name === undefined) return [];
  return [value === undefined ? name : `${name}:${value}`];
}

function aliasesOf(source: Source): string[] {
  source.noteOthers(HOST_ALIAS);
  const ip = source.text('ip');
  return ip === undefined ? [] : (source.texts('hostnames') ?? []).map((name) => `${name}:${ip}`);
}

function listed<T>(list: T[] | undefined): T[] | undefined {
  return list?.length === 0 ? undefined : list;
}
