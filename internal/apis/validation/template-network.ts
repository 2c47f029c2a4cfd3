import { isIP } from 'node:net';
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

function nameOfNetwork(given: Parameters<typeof networkReference>[0]): string | undefined {
  if (typeof given !== 'string' && typeof given !== 'object') return undefined;
  return networkReference(given ?? '').name;
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
    .meta({ description: 'Networks of the swarm that the tasks are attached to.' })
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
