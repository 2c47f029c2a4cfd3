import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { redisBinary } from '../lab/redis.ts';
import { run } from '../lab/spawn.ts';

/** What the figures were measured on. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  kernel: string;
  node: string;
  redis: string;
  docker: string;
  /** Load averages at the start: above 1 somebody else was at work. */
  load: string;
}

export async function describeMachine(): Promise<Machine> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    redis: (/v=(\S+)/.exec(await run(redisBinary(), ['--version'])) ?? [])[1] ?? 'unknown',
    docker: (/version (\S+?),/.exec(await run('dockerd', ['--version'])) ?? [])[1] ?? 'unknown',
    load: readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' '),
  };
}
