import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { PolicyHolder } from '../apis/index.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import { PolicyAgreement } from './policy-agreement.ts';

const clock = new FakeClock();
const shared = new Map<string, PolicyHolder>();
const holders = {
  async publish(own: { process: string; hash: string }) {
    shared.set(own.process, { ...own, at: clock.now() });
    return [...shared.values()];
  },
  async withdraw(process: string) {
    shared.delete(process);
  },
};

function started(role: string, hash: string) {
  const lines: { level: number; msg: string; difference?: string }[] = [];
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  const policy = { hash };
  const agreement = new PolicyAgreement({ role, policy, holders, clock, log });
  const stop = new AbortController();
  const running = agreement.run(stop.signal);
  const end = async () => {
    stop.abort();
    await running;
  };
  const told = () => lines.filter(({ level }) => level === 50);
  return { agreement, policy, lines, told, end };
}

async function beats(n: number): Promise<void> {
  for (let i = 0; i < n; i++) {
    clock.advance(3000);
    for (let turn = 0; turn < 5; turn++) await setImmediate();
  }
}

it('policies that differ are told by each process, once, until they are the same again', async () => {
  const api = started('api', 'a'.repeat(64));
  const controller = started('controller', 'b'.repeat(64));
  await beats(2);
  await expect(api.agreement.check.check()).rejects.toThrow(
    /holds the policy a{12}, controller@.* holds b{12}: give all of them the same SWARMER_POLICY/,
  );
  await expect(controller.agreement.check.check()).rejects.toThrow(/api@.* holds a{12}/);
  await beats(5);
  expect([api.told().length, controller.told().length]).toEqual([1, 1]);
  expect(api.told()[0]?.difference).toMatch(/controller@/);
  controller.policy.hash = api.policy.hash;
  await beats(4);
  await expect(api.agreement.check.check()).resolves.toBeUndefined();
  expect(api.lines.at(-1)?.msg).toBe('all processes hold the same policy again');
  await Promise.all([api.end(), controller.end()]);
});

it('a process that takes a changed file over some seconds later is no word of the log worth', async () => {
  const [one, two] = [started('api', 'a'), started('controller', 'a')];
  await beats(2);
  one.policy.hash = 'b';
  await beats(1);
  two.policy.hash = 'b';
  await beats(5);
  expect([...one.told(), ...two.told()]).toEqual([]);
  await Promise.all([one.end(), two.end()]);
  expect(shared.size).toBe(0);
});
