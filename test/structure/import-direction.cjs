/** Which package may import which; see internal/README.md. A violation fails `make lint`. */
const layers = {
  apis: [],
  clock: [],
  config: ['apis'],
  log: [],
  planner: ['apis'],
  workqueue: ['clock'],
  store: ['apis', 'clock'],
  swarm: ['apis', 'clock'],
  wire: ['apis', 'store'],
  callback: ['apis', 'clock', 'store', 'wire'],
  httpapi: ['apis', 'clock', 'store', 'wire'],
  runner: ['clock'],
  controller: ['apis', 'callback', 'clock', 'planner', 'store', 'swarm', 'workqueue'],
};

const direction = Object.entries(layers).map(([name, allowed]) => ({
  name: `internal-${name}-imports-only-${allowed.join('-') || 'nothing'}`,
  severity: 'error',
  from: { path: `^internal/${name}/` },
  to: { path: '^(internal|cmd|test)/', pathNot: `^internal/(${[name, ...allowed].join('|')})/` },
}));

const only = (name, packages, where) => ({
  name,
  severity: 'error',
  from: { path: '^(internal|cmd)/', pathNot: where },
  to: { path: `(^|/)node_modules/(${packages})/` },
});

module.exports = {
  forbidden: [
    ...direction,
    only('dockerode-in-one-file', 'dockerode', '^internal/swarm/'),
    only('ioredis-in-store', 'ioredis', '^(internal/store|cmd)/'),
    only('express-in-httpapi', 'express', '^internal/(httpapi|dashboard)/'),
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'product-imports-no-test',
      severity: 'error',
      from: { path: '^(internal|cmd)/', pathNot: '\\.test\\.ts$|/testing/' },
      to: { path: '^test/|\\.test\\.ts$|/testing/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
