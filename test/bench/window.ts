import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds } from './cost.ts';
import type { Installation } from './installation.ts';

/** What happened in a window of time. */
export interface Window {
  seconds: number;
  /** Tasks recorded as succeeded, per second, second by second. */
  rates: number[];
  /** Complete lifecycles per second over the whole window. */
  rate: number;
  /** Processor ms per lifecycle, by process. */
  cpuMs: Record<keyof Installation['pids'], number>;
  /** Commands that Redis was sent, and calls of the engine, per lifecycle. */
  redisCommands: number;
  engineCalls: Record<string, number>;
}

/** Watches an installation at work on a job for so many seconds. */
export async function measureWindow(
  installation: Installation,
  uid: string,
  seconds: number,
): Promise<Window> {
  const before = await snapshot(installation, uid);
  const rates: number[] = [];
  let last = before;
  for (let second = 0; second < seconds; second++) {
    await delay(1000);
    const now = { at: performance.now(), done: await installation.succeeded(uid) };
    rates.push(((now.done - last.done) / (now.at - last.at)) * 1000);
    last = { ...last, ...now };
  }
  const after = await snapshot(installation, uid);
  const done = after.done - before.done;
  const each = <T extends object>(a: T, b: T, times = 1) =>
    Object.fromEntries(
      Object.entries(b).map(([key, value]) => [
        key,
        ((value - (Number(Reflect.get(a, key)) || 0)) * times) / done,
      ]),
    );
  const elapsed = (after.at - before.at) / 1000;
  return {
    ...{ seconds: elapsed, rates, rate: done / elapsed },
    cpuMs: each(before.cpu, after.cpu, 1000) as Window['cpuMs'],
    redisCommands: (after.commands - before.commands) / done,
    engineCalls: each(before.calls, after.calls),
  };
}

async function snapshot(installation: Installation, uid: string) {
  const { db, model, pids } = installation;
  const [done, stats, calls] = await Promise.all([
    installation.succeeded(uid),
    db.info('stats'),
    model.calls(),
  ]);
  const cpu = Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(pid)]),
  );
  const commands = Number(/^total_commands_processed:(\d+)/m.exec(stats)?.[1]);
  return { at: performance.now(), done, commands, calls, cpu };
}
