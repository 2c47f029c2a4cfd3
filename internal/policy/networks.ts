import { networkReference } from '../apis/index.ts';
import { type Path, quoted } from '../apis/validation/index.ts';
import { matchesAny } from './pattern.ts';
import { type Judge, listed } from './refusal.ts';

/** The node's own network, and those by which the engine links containers to nodes. */
const OF_NODES = new Set([
  'host',
  'bridge',
  'none',
  'default',
  'nat',
  'ingress',
  'docker_gwbridge',
]);

/**
 * The networks of a task, and its names on them. Networks of nodes, and names by which Swarmer's own parts are
 * reached, must be named by the rule itself: no pattern stands for them.
 */
export const judgeNetworks: Judge = function* ({ networks: { allow, aliases }, own }, { spec }) {
  const names: (readonly [Path, string])[] = [];
  for (const [index, given] of (spec.networks ?? []).entries()) {
    const { name, aliases: further = [] } = networkReference(given);
    names.push(...further.map((it, i) => [['networks', index, 'aliases', i], it] as const));
    const isOfNodes = OF_NODES.has(name.toLowerCase()) || name.includes(':');
    if (isOfNodes ? allow.includes(name) : matchesAny(allow, name)) continue;
    const at = ['networks', index, ...(typeof given === 'string' ? [] : ['name'])];
    const wrong = isOfNodes
      ? `${quoted(name)} is a network of nodes, which a rule must name by itself`
      : `the network ${quoted(name)} is not one of them`;
    yield { rule: 'networks.allow', at, wrong, allowed: listed(allow) };
  }
  // An engine answers for it on every network of the container too (moby: buildEndpointDNSNames).
  if (spec.hostname !== undefined) names.push([['hostname'], spec.hostname]);
  for (const [at, given] of names) {
    const name = given.toLowerCase();
    const isOwn = own.hosts.some((host) => host === name || host.startsWith(`${name}.`));
    if (isOwn ? aliases.includes(name) : matchesAny(aliases, name)) continue;
    const wrong = isOwn
      ? `${quoted(given)} is a name of Swarmer's own, which a rule must name by itself`
      : `the name ${quoted(given)} is not one of them`;
    yield { rule: 'networks.aliases', at, wrong, allowed: listed(aliases) };
  }
};
