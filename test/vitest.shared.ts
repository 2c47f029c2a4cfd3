/** What all runs of integration tests have in common. */
export const INTEGRATION = {
  root: new URL('..', import.meta.url).pathname,
  testTimeout: 120_000,
  hookTimeout: 180_000,
  setupFiles: ['test/support/property-seed.ts'],
};

/** Files that start no container: they share nothing but the processor. */
export const CONTROL_PLANE = [
  'test/{api,cron,fuzz,sim}/*.test.ts',
  // The first takes all of the processor that there is, the other needs a swarm.
  'test/attack/!(bodies|own-stack).test.ts',
  // The two start a whole server, which needs a swarm.
  'test/store/!(acl|schema).test.ts',
  'test/cli/{broken,local,lost-connection}.test.ts',
  'test/metrics/rules.test.ts',
  'test/model/!(conformance).test.ts',
];
