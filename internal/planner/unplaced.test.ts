import { describe, expect, it } from 'vitest';
import type { AttemptRecord } from '../apis/index.ts';
import type { Action } from './actions.ts';
import { dispose, settlementOf } from './disposition.ts';
import { plan } from './plan.ts';
import type { AttemptView } from './snapshot.ts';
import { aClaim, aRecord, aSnapshot, aSpec, aView, NOW, succeeded } from './testing/builders.ts';
import { holdsNoSlot } from './unplaced.ts';

const ID = { jobUid: '01JGFJJZ000000000000000000', index: 0, attempt: 1 };
const unsuited = { kind: 'waiting', message: 'no suitable node', stuck: true } as const;

function waiting(
  index: number,
  unsuitedMs: number,
  record: Partial<AttemptRecord> = {},
): AttemptView {
  return aView({ index, record: aRecord(record), evidence: unsuited, unsuitedMs });
}

/** What is done to each attempt: that it stands, that it is taken back, or nothing. */
function fates(actions: readonly Action[]): string[] {
  return actions.flatMap((action) => {
    if (action.type === 'NoteTime') return `${action.index} stands`;
    if (action.type === 'RecordVerdict') return `${action.index} ${action.verdict.reason}`;
    return [];
  });
}

describe('attempts that no node suits', () => {
  it('are waited for at first', () => {
    const attempts = [waiting(0, 4000), waiting(1, 3000)];
    const actions = plan(aSnapshot({ attempts }));
    expect(actions).toEqual([1000, 2000].map((afterMs) => ({ type: 'RequeueAfter', afterMs })));
  });

  it('keep one service for all of them, and the others are taken back', () => {
    const attempts = [waiting(0, 5000), waiting(1, 5000), waiting(2, 100)];
    expect(fates(plan(aSnapshot({ attempts })))).toEqual(['0 stands', '1 Unplaced']);
    const later = [waiting(0, 9000, { unplacedAt: NOW - 9 }), waiting(2, 5000)];
    expect(fates(plan(aSnapshot({ attempts: later })))).toEqual(['2 Unplaced']);
  });

  it('are all taken back where as many services wait as may', () => {
    const attempts = [waiting(0, 5000)];
    expect(fates(plan(aSnapshot({ attempts, standingRoom: 0 })))).toEqual(['0 Unplaced']);
  });

  it('are told apart from tasks with resources of their own', () => {
    const own = { ownNeeds: '{"cpus":8}' };
    const other = { ownNeeds: '{"cpus":9}' };
    const given = [own, {}, own, other].map((needs, i) => waiting(i, 5000, needs));
    const found = fates(plan(aSnapshot({ attempts: given })));
    expect(found).toEqual(['0 stands', '1 stands', '2 Unplaced', '3 stands']);
  });

  it('are not decided on by a look that is old', () => {
    expect(fates(plan(aSnapshot({ attempts: [waiting(0, 9000)], staleLook: true })))).toEqual([]);
  });

  it('are not waited for where no active node could hold them even empty', () => {
    const spec = { resources: { reservations: { memory: '500g' } } };
    const capacities = [{ memoryBytes: 16 * 2 ** 30 }, { memoryBytes: 32 * 2 ** 30 }];
    const attempts = [waiting(0, 0), waiting(1, 0)];
    const actions = plan(aSnapshot({ spec, attempts, capacities }));
    expect(fates(actions)).toEqual(['0 stands', '1 Unplaced']);
    const large = [...capacities, { memoryBytes: 600 * 2 ** 30 }];
    expect(fates(plan(aSnapshot({ spec, attempts, capacities: large })))).toEqual([]);
  });

  it('are known soon, with resources of their own too, where a task that asks for no more waits', () => {
    const stands = waiting(0, 9000, { ownNeeds: '{"cpus":8}', unplacedAt: NOW - 9 });
    const more = [{ cpus: 8 }, { cpus: 9, memory: '1g' }, { cpus: 7, memory: '1g' }];
    const others = more.map((own, i) => waiting(i + 1, 500, { ownNeeds: JSON.stringify(own) }));
    const found = fates(plan(aSnapshot({ attempts: [stands, ...others] })));
    expect(found).toEqual(['1 Unplaced', '2 stands']);
    const capacities = [{ nanoCpus: 4e9 }];
    const beyond = [{ cpus: 5 }, { cpus: 6 }, { cpus: 4 }].map((own, i) =>
      waiting(i, 0, { ownNeeds: JSON.stringify(own) }),
    );
    expect(fates(plan(aSnapshot({ attempts: beyond, capacities })))).toEqual([
      '0 stands',
      '1 stands',
    ]);
  });

  it('let no more tasks of their job start', () => {
    const given = { attempts: [waiting(0, 100)], runnable: 5, slots: 5 };
    expect(plan(aSnapshot(given)).map(({ type }) => type)).not.toContain('StartTasks');
    const own = { ...given, attempts: [waiting(0, 100, { ownNeeds: '{}' })] };
    expect(plan(aSnapshot(own))).toContainEqual({ type: 'StartTasks', count: 5 });
  });

  it('have the next ones tried at the pace that is given', () => {
    const given = { attempts: [aView()], runnable: 5, slots: 5, pace: 1 };
    expect(plan(aSnapshot(given))).toEqual([{ type: 'StartTasks', count: 1 }]);
    const coming = aView({ index: 1, evidence: { kind: 'unseen' } });
    expect(plan(aSnapshot({ ...given, attempts: [aView(), coming] }))).toEqual([]);
  });

  it('are known soon where attempts of other jobs wait for the same, and then wait behind them', () => {
    const others = { othersStand: true, standingRoom: 0 } as const;
    const attempts = [waiting(0, 500)];
    expect(fates(plan(aSnapshot({ attempts, ...others })))).toEqual(['0 Unplaced']);
    const given = { runnable: 1, slots: 1, ...others };
    expect(plan(aSnapshot(given))).toEqual([{ type: 'RequeueAfter', afterMs: 1000 }]);
    const freed = aSnapshot({ ...given, standingRoom: 1 });
    expect(plan(freed)).toEqual([{ type: 'StartTasks', count: 1 }]);
  });

  it('hold a place again once they have a node', () => {
    const record = aRecord({ unplacedAt: NOW - 9 });
    expect(plan(aSnapshot({ attempts: [aView({ record })] }))).toMatchObject([
      { type: 'NoteTime', note: { unplacedAt: undefined } },
    ]);
  });

  it('hold one again once they are over, as they may be replaced in it', () => {
    const stands = waiting(0, 9000, { unplacedAt: NOW - 9 });
    expect(holdsNoSlot(stands)).toBe(true);
    expect(holdsNoSlot({ ...stands, evidence: { kind: 'unseen' } })).toBe(true);
    expect(holdsNoSlot({ ...stands, evidence: { kind: 'absent' } })).toBe(false);
    expect(holdsNoSlot(aView({ record: stands.record }))).toBe(false);
  });
});

describe('an attempt that was taken back', () => {
  const verdict = { ...succeeded, outcome: 'Lost', exitStatus: null, reason: 'Unplaced' } as const;
  const record = aRecord({ claimedAt: 1000, losses: 2, returned: 1 });

  it('costs nothing, and its deadline to start goes on', () => {
    const context = { spec: aSpec({ lossLimit: 0 }), now: NOW, ending: false };
    expect(dispose(ID, record, verdict, context)).toEqual({
      kind: 'retry',
      next: {
        ...{ attempt: 2, losses: 2, failures: 0, returned: 2, firstClaimedAt: 1000 },
        takenBack: true,
      },
      notBefore: NOW + 10_000,
    });
    const again = aRecord({ claimedAt: NOW, firstClaimedAt: NOW - 60_000 });
    const spec = { startDeadlineSeconds: 60 };
    const actions = plan(aSnapshot({ spec, attempts: [{ ...waiting(0, 0), record: again }] }));
    expect(fates(actions)).toEqual(['0 StartDeadlineExceeded']);
  });

  it('is taken back again without a service while a task that asks for no more waits for a node', () => {
    const stands = waiting(0, 9000, { ownNeeds: '{"cpus":2}', unplacedAt: NOW - 9 });
    const again = (ownNeeds: string) => {
      const next = { ...aClaim(), attempt: 2, returned: 1, takenBack: true as const, ownNeeds };
      return aView({ index: 1, record: next, evidence: { kind: 'unseen' } });
    };
    const types = (attempts: AttemptView[]) => plan(aSnapshot({ attempts })).map((a) => a.type);
    expect(types([stands, again('{"cpus":3}')])).toEqual(['RecordVerdict', 'RemoveService']);
    expect(types([stands, again('{"cpus":1}')])).toEqual(['CreateService']);
    expect(types([again('{"cpus":3}')])).toEqual(['CreateService']);
  });

  it('is none of the attempts that are told', () => {
    const action = { type: 'SettleAttempt', index: 0, endedAt: NOW } as const;
    const last = { ...aRecord({ attempt: 4, returned: 2 }), verdict: succeeded };
    const settlement = settlementOf({ ...action, disposition: { kind: 'final' } }, last);
    expect(settlement).toMatchObject({ result: { attempts: 2 } });
  });
});
