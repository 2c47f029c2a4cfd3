import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import type { TimelineEntry } from '../apis/index.ts';
import type { CallbackView } from '../store/index.ts';
import { harness, storeJob } from './testing/harness.ts';

const NEW_YEAR = Date.UTC(2026, 0, 1);

/** A job with as many entries in its timeline, one each second. */
async function withEvents(count: number) {
  const bench = harness();
  const uid = await storeJob(bench.store, ['one']);
  const events = Array.from({ length: count }, (_, n): TimelineEntry => {
    const at = NEW_YEAR + 1000 * n;
    return { id: `${at}-0`, at, type: 'Pending', index: 0, attempt: n };
  });
  bench.store.events.push(...events);
  const read = (query = '') => bench.api.get(`/v1/jobs/${uid}/events${query}`);
  return { ...bench, uid, read };
}

const attempts = (body: { items: { attempt: number }[] }) => body.items.map((item) => item.attempt);

describe('GET /v1/jobs/<id>/events', () => {
  it('shows what happened, with times that people can read', async () => {
    const { read } = await withEvents(1);
    const response = await read();
    expect(response.status).toBe(200);
    expect(response.headers['cache-control']).toBe('no-store');
    const at = '2026-01-01T00:00:00.000Z';
    const entry = { id: `${NEW_YEAR}-0`, at, type: 'Pending', index: 0, attempt: 0 };
    expect(response.body).toEqual({ items: [entry] });
  });

  it('is read page by page, each after the last entry of the one before', async () => {
    const { read } = await withEvents(5);
    const { body: one } = await read('?limit=3');
    expect(attempts(one)).toEqual([0, 1, 2]);
    const { body: two } = await read(`?limit=3&after=${one.items.at(-1).id}`);
    expect(attempts(two)).toEqual([3, 4]);
    const { body: three } = await read(`?limit=3&after=${two.items.at(-1).id}`);
    expect(three).toEqual({ items: [] });
  });

  it.each([
    ['', 100],
    ['?limit=1', 1],
    ['?limit=1000', 1000],
  ])('with %j shows no more than %i', async (query, shown) => {
    const { read } = await withEvents(1001);
    expect(attempts((await read(query)).body)).toHaveLength(shown);
  });

  it.each([
    ['after', 'x'],
    ['after', ''],
    ['after', '('],
    ['after', '12'],
    ['after', '1-0&after=2-0'],
    ['limit', '0'],
    ['limit', '1001'],
    ['limit', '-1'],
    ['limit', '1.5'],
    ['limit', '1e2'],
    ['limit', ''],
    ['limit', '1&limit=2'],
  ])('answers 400 to %s=%s, and names the parameter', async (name, value) => {
    const { read } = await withEvents(1);
    const response = await read(`?${name}=${value}`);
    expect(response.status).toBe(400);
    expect(response.body.detail).toMatch(new RegExp(`"${name}" (?:must be|is given 2 times)`));
  });

  it('answers 404 when there is no such job', async () => {
    const { api } = await withEvents(1);
    await api.get(`/v1/jobs/${ulid()}/events`).expect(404);
    await api.get('/v1/jobs/no-ulid/events').expect(404);
  });
});

describe('GET /v1/jobs/<id>/callback', () => {
  const VIEW: CallbackView = {
    url: 'http://receiver/done',
    state: 'delivered',
    attempts: 2,
    log: [
      {
        kind: 'retry',
        at: NEW_YEAR,
        tookMs: 30,
        status: 500,
        error: 'h answered 500',
        reply: 'no',
      },
      { kind: 'delivered', at: NEW_YEAR + 1000, tookMs: 7, status: 204, reply: '' },
    ],
  };

  it('shows the callback and its tries, with times that people can read', async () => {
    const { api, store } = harness();
    const uid = await storeJob(store, ['one']);
    store.callback = VIEW;
    const response = await api.get(`/v1/jobs/${uid}/callback`);
    expect(response.status).toBe(200);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.body).toEqual({
      ...VIEW,
      log: [
        { ...VIEW.log[0], at: '2026-01-01T00:00:00.000Z' },
        { ...VIEW.log[1], at: '2026-01-01T00:00:01.000Z' },
      ],
    });
  });

  it('answers 404 when there is none, and names what that may mean', async () => {
    const { api, store } = harness();
    const uid = await storeJob(store, ['one']);
    const response = await api.get(`/v1/jobs/${uid}/callback`);
    expect(response.status).toBe(404);
    expect(response.body.detail).toContain('not finished');
    await api.get(`/v1/jobs/${ulid()}/callback`).expect(404);
  });
});
