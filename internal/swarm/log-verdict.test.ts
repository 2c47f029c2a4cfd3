import { describe, expect, it } from 'vitest';
import type { ObservedTask } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { logDriverOf } from './log-driver.ts';
import { LogFrames } from './log-frames.ts';
import { judgedLog, type LogWitnesses } from './log-verdict.ts';

const OWN = logDriverOf({ outputLimitBytes: 1000 }, 'json-file');
const ENDED_AT = 1_000_000;
const TASK: ObservedTask = {
  ...{ id: 't', serviceId: 's', labels: {}, version: 20, attached: false, nodeId: 'node' },
  ...{ state: 'complete', desiredState: 'running', createdAt: 5000, updatedAt: ENDED_AT },
  ...{ containerId: 'c' },
  ...(OWN && { logDriver: OWN }),
};

interface World extends Partial<LogWitnesses> {
  text?: string;
  of?: Partial<ObservedTask>;
  /** Of its end, when it is read, in ms. */
  age?: number;
}

async function verdict({ text = '', of, age = 1000, ...more }: World) {
  const frames = new LogFrames(1000);
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, text.length]);
  if (text !== '') frames.push(Buffer.concat([header, Buffer.from(text)]));
  const node = { id: 'node', hostname: 'n1', state: 'ready', availability: 'active' } as const;
  const output = await judgedLog(frames.output(), frames.encoded, {
    task: async () => ({ ...TASK, ...of }),
    container: async () => undefined,
    nodes: async () => [{ ...node, version: 10, updatedAt: 1000 }],
    wasThere: () => false,
    now: () => ENDED_AT + age,
    defaultDriver: async () => 'json-file',
    ...more,
  });
  return output.summary.log;
}

const container = (options: Record<string, string>) => async () => ({
  name: 'json-file',
  options,
});
const withoutDriver = (): Partial<ObservedTask> => ({ logDriver: undefined }) as object;

describe('the verdict on a log', () => {
  it.each<[string, World]>([
    ['with the options of Swarmer, unasked', { text: 'x\n', container: unasked, nodes: unasked }],
    ['that is empty, whose container is there', { container: container({}), nodes: unasked }],
    [
      'of which its engine says all options',
      { text: 'x\n', of: withoutDriver(), container: container({}) },
    ],
    ['that is empty so far', { of: { state: 'running' }, age: 1e9 }],
  ])('is complete: %s', async (_, world) => {
    expect(await verdict(world)).toEqual({ state: 'complete' });
  });

  it.each<[string, World, string]>([
    ['its container is gone', { container: async () => 'gone' }, 'its container was removed'],
    [
      'its process was never started',
      { of: { error: 'starting container failed: x' } },
      'never started',
    ],
    ['it is read late on another node', { age: 61_000 }, 'read 61 s after'],
    [
      'it is read late by a connection that was there',
      { age: 61_000, wasThere: () => true },
      'read 61 s after',
    ],
    ['its driver keeps none', { of: { logDriver: { name: 'none', options: {} } } }, '"none"'],
    [
      'that of its engine keeps none',
      { of: withoutDriver(), defaultDriver: async () => 'none' },
      '"none"',
    ],
    [
      'its engine has turned the cache off',
      {
        of: { logDriver: { name: 'gelf', options: {} } },
        container: async () => ({ name: 'gelf', options: { 'cache-disabled': 'true' } }),
      },
      '"cache-disabled"',
    ],
    ['its node has gone', { nodes: async () => [] }, 'removed'],
    [
      'its container is gone, whatever is told of its task',
      { of: { state: 'running' }, container: async () => 'gone' },
      'its container was removed',
    ],
  ])('is unavailable where it is empty, and %s', async (_, world, reason) => {
    expect(await verdict(world)).toEqual({
      state: 'unavailable',
      reason: expect.stringContaining(reason),
    });
  });

  // 2000 seeds of the simulation: a container of another node was removed by hand before its log was read.
  it.each<[string, World]>([
    ['on another node, at once after its end', { age: 0 }],
    ['on another node, of a task that was killed', { of: { state: 'failed', exitCode: 137 } }],
    ['and the engine that was there all the time does not tell', { wasThere: () => true }],
    ['and there is no container to ask for', { of: { containerId: undefined } as object }],
  ])('is never complete where it is empty, %s', async (_, world) => {
    expect(await verdict(world)).toEqual({
      state: 'partial',
      reason: 'it is empty, and nothing tells whether its container was still there',
    });
  });

  it('is not given of an empty log whose record is gone', async () => {
    await expect(verdict({ task: recordIsGone })).rejects.toMatchObject({ status: 404 });
  });

  it.each<[string, World, string]>([
    ['its node decides', { of: withoutDriver() }, 'unknown options'],
    [
      'its engine has made it so',
      { of: withoutDriver(), container: container({ mode: 'non-blocking' }) },
      '"mode"',
    ],
    ['its record is gone by now', { task: recordIsGone }, 'unknown options'],
    [
      'its container is gone by now',
      { of: withoutDriver(), container: async () => 'gone' },
      'unknown options',
    ],
  ])('is partial where something was read, and %s', async (_, world, reason) => {
    expect(await verdict({ text: 'x\n', ...world })).toEqual({
      state: 'partial',
      reason: expect.stringContaining(reason),
    });
  });
});

async function recordIsGone(): Promise<never> {
  throw new EngineError('Invalid', 'task t not found', { status: 404 });
}

function unasked(): never {
  throw new Error('it was asked');
}
