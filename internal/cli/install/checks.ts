import type { Facts, NodeFact } from './facts.ts';
import { stackVariables } from './stack-variables.ts';
import { overlap } from './subnets.ts';

/** `advice`: the stack runs, but not as well as it could. `unknown`: it could not be looked up. */
export type State = 'ok' | 'missing' | 'advice' | 'unknown';

/** One thing that the stack needs. */
export interface Check {
  what: string;
  state: State;
  found: string;
  /** What to type where it is not ok. */
  type?: readonly string[];
}

const OLDEST_ENGINE = [20, 10];
/** Replicas of the API; no two are on one node. */
const APIS = 2;
const SAFE_MANAGERS = 3;

/** All that manifests/stack.yml needs, against what was found. */
export function checkAll(facts: Facts): Check[] {
  return [
    engine(facts),
    managers(facts),
    usableNodes(facts),
    redisNode(facts),
    ...secrets(facts),
    socket(facts),
    subnet(facts),
    image(facts),
  ];
}

function engine({ engine: outcome }: Facts): Check {
  const what = 'Docker engine';
  if ('error' in outcome) {
    const type = ['export DOCKER_HOST=ssh://USER@MANAGER   # or run this on a manager'];
    return { what, state: 'missing', found: outcome.error, type };
  }
  const version = outcome.text.trim();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldMajor = 0, oldMinor = 0] = OLDEST_ENGINE;
  const isOld = major < oldMajor || (major === oldMajor && minor < oldMinor);
  if (!isOld) return { what, state: 'ok', found: version };
  const type = [`# update the engines to ${OLDEST_ENGINE.join('.')} or later`];
  return { what, state: 'missing', found: version, type };
}

function managers({ nodes }: Facts): Check {
  const what = 'Swarm managers';
  if (nodes === undefined) {
    const type = ['docker swarm init   # or run this on a manager'];
    return { what, state: 'missing', found: 'this engine is no manager of a swarm', type };
  }
  const count = nodes.filter(({ isManager }) => isManager).length;
  if (count >= SAFE_MANAGERS) return { what, state: 'ok', found: String(count) };
  const found = `${count}: the loss of one ends the swarm's own management`;
  return { what, state: 'advice', found, type: ['docker node promote NODE   # until there are 3'] };
}

function usableNodes({ nodes }: Facts): Check {
  const what = `${APIS} nodes for the APIs`;
  if (nodes === undefined) return unknown(what);
  const count = nodes.filter(({ isUsable }) => isUsable).length;
  const found = `${count} ready and active`;
  if (count >= APIS) return { what, state: 'ok', found };
  const type = ['docker swarm join-token worker   # and type what it prints on another machine'];
  return { what, state: 'missing', found, type };
}

function redisNode({ nodes }: Facts): Check {
  const what = 'Node label swarmer.redis=true';
  if (nodes === undefined) return unknown(what);
  const labelled = nodes.filter(({ hasRedis }) => hasRedis);
  const found = labelled.map(({ hostname }) => hostname).join(', ');
  if (labelled.length === 1) return { what, state: 'ok', found };
  if (labelled.length === 0) {
    const type = [`docker node update --label-add swarmer.redis=true ${nameOf(nodes)}`];
    return { what, state: 'missing', found: 'on no node', type };
  }
  const others = labelled.slice(1).map(({ hostname }) => hostname);
  const type = others.map((name) => `docker node update --label-rm swarmer.redis ${name}`);
  return { what, state: 'missing', found: `on ${found}: its volume is on one`, type };
}

function nameOf(nodes: readonly NodeFact[]): string {
  return nodes.find(({ isUsable }) => isUsable)?.hostname ?? 'NODE';
}

/** Users of Redis, each with a password of its own. */
const USERS = ['api', 'controller', 'operator'];

function secrets(facts: Facts): Check[] {
  const { image: name } = stackVariables(facts.env);
  const passwords = ['swarmer_redis_acl', ...USERS.map((user) => `swarmer_redis_${user}`)];
  const files = USERS.map((user) => `--${user}-password-file /in/${user}.txt`).join(' ');
  return [
    secret(
      facts,
      ['swarmer_api_tokens'],
      ['openssl rand -hex 32 | tee token.txt | docker secret create swarmer_api_tokens -'],
    ),
    secret(
      facts,
      ['swarmer_callback_secret'],
      [
        'echo "whsec_$(openssl rand -base64 32)" | tee callback-secret.txt | docker secret create swarmer_callback_secret -',
      ],
    ),
    secret(facts, passwords, [
      ...USERS.map((user) => `openssl rand -hex 32 > ${user}.txt`),
      `docker run --rm -u "$(id -u)" -v "$PWD:/in:ro" ${name} redis-acl ${files} | docker secret create swarmer_redis_acl -`,
      ...USERS.map(
        (user) => `docker secret create swarmer_redis_${user} ${user}.txt && rm ${user}.txt`,
      ),
    ]),
  ];
}

/** Secrets that are made together, and say nothing by themselves. */
function secret({ secrets: there }: Facts, names: readonly string[], type: string[]): Check {
  const what = `Secret ${names.join(', ')}`;
  if (there === undefined) return unknown(what);
  const [missing, present] = [
    names.filter((name) => !there.includes(name)),
    names.filter((name) => there.includes(name)),
  ];
  if (missing.length === 0) return { what, state: 'ok', found: 'there' };
  const removal = present.length === 0 ? [] : [`docker secret rm ${present.join(' ')}`];
  const found = present.length === 0 ? 'not there' : `without ${missing.join(', ')}`;
  return { what, state: 'missing', found, type: [...removal, ...type] };
}

function socket({ env, socketGroup }: Facts): Check {
  const what = 'SWARMER_DOCKER_GID';
  const given = env['SWARMER_DOCKER_GID'];
  const type = ['export SWARMER_DOCKER_GID=$(stat -c %g /var/run/docker.sock)   # of a manager'];
  if (!given) return { what, state: 'missing', found: 'not set', type };
  if (socketGroup === undefined || Number(given) === socketGroup) {
    return { what, state: 'ok', found: given };
  }
  const found = `${given}, and the socket here is of group ${socketGroup}`;
  return { what, state: 'missing', found, type };
}

function subnet({ env, networks }: Facts): Check {
  const { tasksSubnet, tasksNetwork } = stackVariables(env);
  const what = `Free subnet ${tasksSubnet}`;
  if (networks === undefined) return unknown(what);
  const taken = networks.find(
    ({ name, subnets }) =>
      name !== tasksNetwork && subnets.some((other) => overlap(other, tasksSubnet)),
  );
  if (taken === undefined) return { what, state: 'ok', found: 'free' };
  const found = `network ${taken.name} has ${taken.subnets.join(', ')}`;
  return { what, state: 'missing', found, type: ['export SWARMER_TASKS_SUBNET=10.250.0.0/20'] };
}

function image({ env, engine: outcome, hasImage }: Facts): Check {
  const { image: name } = stackVariables(env);
  const what = `Image ${name}`;
  if ('error' in outcome) return unknown(what);
  if (hasImage) return { what, state: 'ok', found: 'on this node' };
  const found = 'not on this node: all nodes have to be able to pull it';
  const type = [`docker build -f manifests/Dockerfile -t ${name} . && docker push ${name}`];
  return { what, state: 'advice', found, type };
}

function unknown(what: string): Check {
  return { what, state: 'unknown', found: 'could not be looked up' };
}
