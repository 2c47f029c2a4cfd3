import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watched } from '../follow/testing/watched.ts';
import type { Job } from '../resources.ts';
import { FakeApi } from '../testing/fake-api.ts';
import { job } from '../testing/objects.ts';
import { run, start } from '../testing/run.ts';

describe('watch', () => {
  let api: FakeApi;
  beforeEach(async () => {
    api = await FakeApi.start();
  });
  afterEach(() => api.close());

  const at = (name: string, succeeded: number, phase: Job['status']['phase'] = 'Running') =>
    job(name, { phase, counts: { total: 4, succeeded, active: phase === 'Running' ? 1 : 0 } });

  it('prints the progress of a job until it has ended', async () => {
    api.put(at('a', 1));
    const watching = start(['watch', 'a'], { api });
    await watched(api);
    api.put(at('a', 4, 'Complete'));
    expect(await watching.code).toBe(0);
    expect(watching.stdout.text).toBe('a  1/4  1 active\na  4/4  Complete\n');
  });

  it('shows it in place on a terminal', async () => {
    api.put(at('a', 1));
    const watching = start(['watch', 'a'], { api, tty: true });
    await watched(api);
    api.put(at('a', 4, 'Complete'));
    expect(await watching.code).toBe(0);
    const { text } = watching.stdout;
    expect(text.startsWith('\u001b[?25la  [#####...............]  1/4  1 active\u001b[K\n')).toBe(
      true,
    );
    expect(text).toContain('\u001b[1A\ra  [####################]  4/4  Complete\u001b[K\n');
    expect(text.endsWith('\u001b[?25h')).toBe(true);
  });

  it('exits with 3 when one of them fails', async () => {
    api.put(at('a', 1));
    api.put(at('b', 2, 'Complete'));
    const watching = start(['watch', 'a', 'b'], { api });
    await watched(api);
    api.put(at('a', 1, 'Failed'));
    expect(await watching.code).toBe(3);
    expect(watching.stdout.text).toBe('a  1/4  1 active\nb  2/4  Complete\na  1/4  Failed\n');
  });

  it('watches all that run, and what begins meanwhile', async () => {
    api.put(at('old', 1, 'Failed'));
    api.put(at('a', 1));
    const watching = start(['watch'], { api });
    await watched(api);
    api.put(at('b', 0));
    api.put(at('a', 4, 'Complete'));
    await watching.stdout.until('a  4/4  Complete');
    api.put(at('b', 4, 'Complete'));
    expect(await watching.code).toBe(0);
    expect(watching.stdout.text).not.toContain('old');
  });

  it('says so when nothing runs', async () => {
    expect(await run(['watch'], { api })).toEqual({
      code: 0,
      stdout: '',
      stderr: 'no job is running\n',
    });
  });

  it('exits with 5 for a job that there is not', async () => {
    expect((await run(['watch', 'a'], { api })).code).toBe(5);
  });

  it('exits with 3 when a job is deleted while it runs', async () => {
    const object = api.put(at('a', 1));
    const watching = start(['watch', 'a'], { api });
    await watched(api);
    api.remove(object);
    expect(await watching.code).toBe(3);
    expect(watching.stderr.text).toContain('job/a was deleted');
  });

  it('gives the cursor back at Ctrl-C', async () => {
    api.put(at('a', 1));
    const watching = start(['watch', 'a'], { api, tty: true });
    await watched(api);
    watching.interrupt();
    expect(await watching.code).toBe(130);
    expect(watching.stdout.text.endsWith('\u001b[?25h')).toBe(true);
  });
});
