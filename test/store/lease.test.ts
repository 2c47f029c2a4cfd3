import { describe, expect, test } from 'vitest';
import { useStore } from './harness.ts';

const newStore = useStore();

describe('the lease', () => {
  test('is free at first, and its token grows with every acquisition', async () => {
    const { lease } = newStore();
    expect(await lease.readLease()).toEqual({ holder: '', token: 0, beat: 0 });
    expect(await lease.acquireLease('a', await lease.readLease())).toEqual({ token: 1 });
    expect(await lease.acquireLease('b', await lease.readLease())).toEqual({ token: 2 });
    expect(await lease.readLease()).toEqual({ holder: 'b', token: 2, beat: 0 });
  });

  test('goes to exactly one of those who saw it alike', async () => {
    const { lease } = newStore();
    const seen = await lease.readLease();
    const holders = ['a', 'b', 'c', 'd'];
    const got = await Promise.all(holders.map((holder) => lease.acquireLease(holder, seen)));
    expect(got.filter((fence) => fence !== undefined)).toEqual([{ token: 1 }]);
  });

  test('cannot be taken by one who saw it before its last renewal', async () => {
    const { lease } = newStore();
    const fence = await lease.acquireLease('a', await lease.readLease());
    const seen = await lease.readLease();
    expect(await lease.renewLease('a', fence ?? { token: 0 })).toBe(true);
    expect(await lease.acquireLease('b', seen)).toBeUndefined();
    expect(await lease.readLease()).toEqual({ holder: 'a', token: 1, beat: 1 });
  });

  test('is renewed by its holder alone', async () => {
    const store = newStore();
    const old = await store.lead('a');
    const fence = await store.lead('a');
    expect(await store.lease.renewLease('a', old)).toBe(false);
    expect(await store.lease.renewLease('b', fence)).toBe(false);
    expect((await store.lease.readLease()).beat).toBe(0);
  });

  test('that was released is free, and its next token is a new one', async () => {
    const store = newStore();
    const fence = await store.lead('a');
    await store.lease.releaseLease('a', fence);
    expect((await store.lease.readLease()).holder).toBe('');
    expect(await store.lease.renewLease('a', fence)).toBe(false);
    expect(await store.lead('b')).toEqual({ token: 2 });
  });

  test('is not released by one who lost it', async () => {
    const store = newStore();
    const old = await store.lead('a');
    await store.lead('b');
    await store.lease.releaseLease('a', old);
    expect((await store.lease.readLease()).holder).toBe('b');
  });
});

describe('the identity of a store', () => {
  test('is made once, whoever asks first, and differs from that of another store', async () => {
    const [one, other] = [newStore(), newStore()];
    const ids = await Promise.all(Array.from({ length: 5 }, () => one.controller.storeId()));
    expect(new Set(ids).size).toBe(1);
    expect(await one.controller.storeId()).toBe(ids[0]);
    expect(await other.controller.storeId()).not.toBe(ids[0]);
  });

  test('has a report key of 32 bytes that both roles share', async () => {
    const store = newStore();
    const key = await store.jobs.reportKey();
    expect(key).toHaveLength(32);
    expect(await store.controller.reportKey()).toEqual(key);
  });
});
