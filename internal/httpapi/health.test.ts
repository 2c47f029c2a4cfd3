import { describe, expect, it } from 'vitest';
import { harness } from './testing/harness.ts';

const works = { name: 'redis', check: async () => {} };

describe('GET /healthz', () => {
  it('answers as long as the process does, whatever the checks say', async () => {
    const check = () => Promise.reject(new Error('down'));
    const response = await harness({ checks: [{ name: 'redis', check }] }).api.get('/healthz');
    expect(response.status).toBe(200);
    expect(response.text).toBe('{"status":"ok"}');
  });
});

describe('GET /readyz', () => {
  it('answers 200 when every check passes', async () => {
    const response = await harness({ checks: [works] }).api.get('/readyz');
    expect(response.status).toBe(200);
    expect(response.body).toEqual({ ready: true, checks: [{ name: 'redis', ok: true }] });
  });

  it('answers 503 with the reason of every check that fails', async () => {
    const broken = { name: 'engine', check: () => Promise.reject(new Error('no manager')) };
    const response = await harness({ checks: [works, broken] }).api.get('/readyz');
    expect(response.status).toBe(503);
    expect(response.body).toEqual({
      ready: false,
      checks: [
        { name: 'redis', ok: true },
        { name: 'engine', ok: false, message: 'no manager' },
      ],
    });
  });

  it('shows what fails and is not needed, and is ready all the same', async () => {
    const check = () => Promise.reject(new Error('faulty'));
    const broken = { name: 'access-file', advisory: true, check };
    const response = await harness({ checks: [works, broken] }).api.get('/readyz');
    expect(response.status).toBe(200);
    expect(response.body.checks[1]).toEqual({
      ...{ name: 'access-file', advisory: true, ok: false, message: 'faulty' },
    });
  });

  it('gives up on a check that does not answer within 2 s', async () => {
    let asked = () => {};
    const reached = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const hung = {
      name: 'engine',
      check: () => {
        asked();
        return new Promise<void>(() => {});
      },
    };
    const { api, clock } = harness({ checks: [hung, works] });
    const answer = api.get('/readyz').then((response) => response);
    await reached;
    clock.advance(2000);
    expect((await answer).body.checks).toEqual([
      { name: 'engine', ok: false, message: 'no answer within 2 s' },
      { name: 'redis', ok: true },
    ]);
  });
});
