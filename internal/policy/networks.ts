import { networkReference } from '../apis/index.ts';
import { quoted } from '../apis/validation/index.ts';
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

/** The networks of a task. Those of nodes must be named by the rule itself, no pattern stands for them. */
export const judgeNetworks: Judge = function* ({ networks: { allow } }, { spec }) {
  for (const [index, given] of (spec.networks ?? []).entries()) {
    const { name } = networkReference(given);
    const isOfNodes = OF_NODES.has(name.toLowerCase()) || name.includes(':');
    if (isOfNodes ? allow.includes(name) : matchesAny(allow, name)) continue;
    const at = ['networks', index, ...(typeof given === 'string' ? [] : ['name'])];
    const wrong = isOfNodes
      ? `${quoted(name)} is a network of nodes, which a rule must name by itself`
      : `the network ${quoted(name)} is not one of them`;
    yield { rule: 'networks.allow', at, wrong, allowed: listed(allow) };
  }
};
