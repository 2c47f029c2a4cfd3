import { isIP } from 'node:net';
import type * as z from 'zod';
import { NODE_NETWORKS } from '../references.ts';
import { networkReference } from '../template.ts';
import { object, text } from './fields.ts';
import { list } from './policy-fields.ts';
import { LIMITS } from './rules.ts';
import { isHost, nameOr, unique } from './template-shapes.ts';

const NETWORK = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/;
const NETWORK_RULE = 'the name of a network: letters, digits, "_", "." and "-"';
const isNetwork = (name: string) => NETWORK.test(name);
const host = () => text('a host name such as "db" or "db.example.org"', isHost);

const network = nameOr(
  `${NETWORK_RULE}, or an object with it`,
  isNetwork,
  object('an object with "name"', {
    name: text(NETWORK_RULE, isNetwork).meta({ description: 'Name of the network.' }),
    aliases: list('names', host(), LIMITS.templateEntries)
      .meta({ description: 'Further names of the task on the network.' })
      .optional(),
  }),
);

/** What the engine does not attach services to, and why. */
const UNUSABLE: Readonly<Record<string, string>> = {
  none: 'swarm has no network "none" for services: a task is always on some network',
  ingress: "is swarm's own, for published ports: services cannot be attached to it",
};

/**
 * What the engine makes of networks that every node has of its own: it takes `host` and `bridge` by name
 * and nothing else (moby: daemon/cluster, populateNetworkID), knows no aliases on them, and connects a
 * container on the network of its host to no other, on the node and not before.
 */
function refuseUnusable(
  networks: readonly Parameters<typeof networkReference>[0][],
  context: z.core.$RefinementCtx,
): void {
  for (const [index, given] of networks.entries()) {
    if (nameOfNetwork(given) === undefined) continue;
    const { name, aliases } = networkReference(given);
    const refuse = (message: string, path: PropertyKey[] = []) =>
      context.addIssue({ code: 'custom', message, path: [index, ...path], input: given });
    const why = Object.hasOwn(UNUSABLE, name) ? UNUSABLE[name] : undefined;
    if (why !== undefined) refuse(why);
    if (name === 'host' && networks.length > 1) {
      refuse('must stand alone: a task on the network of its node can be on no other');
    }
    if (aliases !== undefined && NODE_NETWORKS.has(name)) {
      refuse(`must not be given: on "${name}" a task has no names`, ['aliases']);
    }
  }
}

function nameOfNetwork(given: Parameters<typeof networkReference>[0]): string | undefined {
  // What is neither is refused elsewhere.
  if (typeof given !== 'string' && (typeof given !== 'object' || given === null)) return undefined;
  return networkReference(given).name;
}

/** `host:ip`; an IPv6 address may stand in brackets. */
function isExtraHost(entry: string): boolean {
  const colon = entry.indexOf(':');
  const address = entry.slice(colon + 1).replace(/^\[(.*)\]$/, '$1');
  return colon > 0 && isHost(entry.slice(0, colon)) && isIP(address) !== 0;
}

const entries = <T extends Parameters<typeof list>[1]>(what: string, item: T) =>
  list(what, item, LIMITS.templateEntries);

/** How a task finds others. */
export const networkFields = {
  networks: entries('networks', network)
    .superRefine(unique(nameOfNetwork, 'name'))
    .superRefine(refuseUnusable)
    .meta({
      description:
        'Networks of the swarm that the tasks are attached to; or "host" alone, that of the node. "bridge" ' +
        'may stand beside others; "none" and "ingress" are for no service.',
    })
    .optional(),
  dns: object('an object with "nameservers", "search" and "options"', {
    nameservers: entries(
      'addresses',
      text('an IP address', (address) => isIP(address) !== 0),
    )
      .meta({ description: 'Addresses of name servers.' })
      .optional(),
    search: entries('domains', host()).meta({ description: 'Domains to search in.' }).optional(),
    options: entries(
      'options',
      text('an option of resolv.conf(5) such as "ndots:2"', (option) =>
        /^[!-~]{1,255}$/.test(option),
      ),
    )
      .meta({ description: 'Options of resolv.conf(5).' })
      .optional(),
  })
    .meta({ description: 'Where names are looked up.' })
    .optional(),
  extraHosts: entries(
    'entries',
    text('an entry "host:address", such as "db:10.0.0.7"', isExtraHost),
  )
    .meta({ description: 'Entries of /etc/hosts, each "host:address".' })
    .optional(),
};
