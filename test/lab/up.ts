import { parseArgs } from 'node:util';
import { startLab } from './lab.ts';
import { stopOnSignals } from './signals.ts';

/*
 * Starts a lab by hand, says where it is, and removes it on Ctrl-C or SIGTERM:
 *   npx tsx test/lab/up.ts [--redis] [--image busybox] [--image node] [--workers 2] [--unbound]
 */
const { values } = parseArgs({
  options: {
    redis: { type: 'boolean', default: false },
    image: { type: 'string', multiple: true, default: ['busybox'] },
    managers: { type: 'string', default: '1' },
    workers: { type: 'string', default: '0' },
    /** Leaves the lab's processes running when this one is killed (for the lab's own test). */
    unbound: { type: 'boolean', default: false },
  },
});

const started = performance.now();
const lab = await startLab({
  swarm: { managers: Number(values.managers), workers: Number(values.workers) },
  redis: values.redis,
  images: values.image.map((name) => {
    if (name === 'busybox' || name === 'node') return name;
    throw new Error(`no image ${name}: there are busybox and node`);
  }),
  dieWithOwner: !values.unbound,
});
const keepAlive = setInterval(() => undefined, 60_000);
stopOnSignals(async () => {
  await lab.stop();
  clearInterval(keepAlive);
});

const lines = [
  `id=${lab.id}`,
  `dir=${lab.dir}`,
  `hostAddress=${lab.hostAddress}`,
  `DOCKER_HOST=unix://${lab.dockerSocket}`,
  ...lab.nodes.slice(1).map((node) => `node ${node.name}=unix://${node.dockerSocket}`),
  ...(values.redis ? [`redis=${lab.redis.socketPath}`] : []),
  `ready in ${Math.round(performance.now() - started)} ms; Ctrl-C removes it`,
];
process.stdout.write(`${lines.join('\n')}\n`);
