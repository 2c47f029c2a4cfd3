/** A system whose programs are tested: this machine, or a Debian suite in a folder of its own. */
export interface System {
  /** Undefined for this machine's own. */
  suite?: string;
}

/** An engine of the matrix. */
export interface EngineChoice extends System {
  name: string;
}

/** A Redis of the matrix. */
export interface RedisChoice extends System {
  name: string;
  program: 'redis-server' | 'valkey-server';
}

/** What the folder of a suite is made with. */
export const PACKAGES = 'docker.io,redis-server,valkey-server,iptables,iproute2,ca-certificates';

/** Debian 12 is what the tests run on; trixie is 13, forky 14. */
export const ENGINES: readonly EngineChoice[] = [
  { name: 'Engine 20.10' },
  { name: 'Engine 26.1', suite: 'trixie' },
  { name: 'Engine 28.5', suite: 'forky' },
];

export const REDISES: readonly RedisChoice[] = [
  { name: 'Redis 7', program: 'redis-server' },
  { name: 'Redis 8', suite: 'trixie', program: 'redis-server' },
  { name: 'Valkey 8', suite: 'trixie', program: 'valkey-server' },
  { name: 'Valkey 9', suite: 'forky', program: 'valkey-server' },
];

/** What is run against each engine, each Redis, and each pair of them. */
export const TESTS = {
  engine: ['test/model/conformance.test.ts', 'test/swarm'],
  redis: ['test/store'],
  pair: ['test/e2e/flow.test.ts', 'test/e2e/results.test.ts'],
} as const;
