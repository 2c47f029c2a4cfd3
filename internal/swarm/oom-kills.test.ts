import { expect, it } from 'vitest';
import type { ObservedTask } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { OomKills } from './oom-kills.ts';

function task(id: string, more: Partial<ObservedTask> = {}): ObservedTask {
  return {
    ...{ id, serviceId: 's', labels: {}, version: 1, attached: false, nodeId: 'own' },
    ...{ state: 'failed', desiredState: 'running', createdAt: 0, updatedAt: 0 },
    ...{ exitCode: 137, containerId: `c-${id}` },
    ...more,
  };
}

function killsOf(answer: (containerId: string) => boolean | EngineError) {
  const asked: string[] = [];
  const kills = new OomKills({
    ownNode: async () => 'own',
    isOomKilled: async (containerId) => {
      asked.push(containerId);
      const killed = answer(containerId);
      if (killed instanceof EngineError) throw killed;
      return killed;
    },
  });
  const marked = async (tasks: ObservedTask[]) =>
    (await kills.mark(tasks)).filter(({ oomKilled }) => oomKilled).map(({ id }) => id);
  return { asked, marked };
}

it('asks once for each task of the own node that was killed', async () => {
  const { asked, marked } = killsOf((container) => container === 'c-memory');
  const tasks = [
    ...[task('memory'), task('hand'), task('there', { nodeId: 'there' })],
    ...[task('runs', { state: 'running' }), task('fails', { exitCode: 1 })],
  ];
  expect(await marked(tasks)).toEqual(['memory']);
  expect(await marked(tasks)).toEqual(['memory']);
  expect(asked).toEqual(['c-memory', 'c-hand']);
});

it('marks nothing when the engine does not answer, and asks again', async () => {
  let answer: boolean | EngineError = new EngineError('Unavailable', 'no answer');
  const { marked } = killsOf(() => answer);
  expect(await marked([task('one')])).toEqual([]);
  answer = true;
  expect(await marked([task('one')])).toEqual(['one']);
});
