import { beforeEach, describe, expect, it } from 'vitest';
import type { ObservedNode, ObservedTask } from './engine.ts';
import { Witness } from './witness.ts';

const CONNECTION = { nodeId: 'here', logDriver: 'json-file', since: 1000 };
const NODE: ObservedNode = {
  ...{ id: 'here', hostname: 'h', state: 'ready', availability: 'active' },
  ...{ version: 1, updatedAt: 0 },
};

function task(id: string, more: Partial<ObservedTask> = {}): ObservedTask {
  return {
    ...{ id, serviceId: 's', labels: {}, version: 1, attached: false, nodeId: 'here' },
    ...{ state: 'complete', desiredState: 'shutdown', createdAt: 1001, updatedAt: 2000 },
    ...more,
  };
}

let witness: Witness;

beforeEach(() => {
  witness = new Witness();
});

describe('a witness', () => {
  it('vouches for tasks of the connected node that are younger than the connection', () => {
    witness.connected(CONNECTION);
    const { nodeId: _, ...unplaced } = task('unplaced');
    const all = witness.ofTasks([
      task('young'),
      task('old', { createdAt: 1000 }),
      task('there', { nodeId: 'there' }),
      unplaced,
    ]);
    expect(all.filter(({ witnessed }) => witnessed).map(({ id }) => id)).toEqual(['young']);
    expect(all.map((one) => witness.wasThere(one))).toEqual([true, false, false, false]);
    expect(witness.ofNodes([NODE], CONNECTION)[0]?.connectedSince).toBe(1000);
  });

  it('remembers the last list while single tasks are asked for', () => {
    witness.connected(CONNECTION);
    witness.ofTasks([task('listed')]);
    expect(witness.ofTask(task('asked')).witnessed).toBe(true);
    expect(witness.ofTask(task('old', { createdAt: 1000 })).witnessed).toBeUndefined();
    expect(witness.listed('listed')).toMatchObject({ witnessed: true });
    expect(witness.listed('asked')).toBeUndefined();
  });

  it('vouches for nothing without a connection', () => {
    const { nodeId: _, ...unplaced } = task('unplaced');
    expect(witness.ofTasks([task('one'), unplaced]).some(({ witnessed }) => witnessed)).toBe(false);
    expect(witness.wasThere(task('one'))).toBe(false);
    witness.connected(CONNECTION);
    const [there] = witness.ofNodes([{ ...NODE, id: 'there' }], CONNECTION);
    expect(there).not.toHaveProperty('connectedSince');
  });

  it('vouches no more for a task once the connection broke, whatever follows it', () => {
    witness.connected(CONNECTION);
    expect(witness.wasThere(task('one'))).toBe(true);
    witness.disconnected();
    expect(witness.wasThere(task('one'))).toBe(false);
    witness.connected({ ...CONNECTION, since: 3000 });
    expect(witness.wasThere(task('one'))).toBe(false);
  });
});
