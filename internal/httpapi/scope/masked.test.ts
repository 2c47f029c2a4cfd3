import { describe, expect, it } from 'vitest';
import type { Job } from '../../apis/index.ts';
import { maskedJob, maskedUrl } from './masked.ts';

describe('a URL that is masked', () => {
  it.each([
    ['http://h:1/a', 'http://h:1/a'],
    ['http://user@h/a', 'http://***@h/a'],
    ['http://user:password@h/a', 'http://***@h/a'],
    ['http://:password@h/a', 'http://***@h/a'],
    ['https://h/a?key=1&b', 'https://h/a?***'],
    ['no URL with a password', '***'],
  ])('%s', (url, shown) => {
    expect(maskedUrl(url)).toBe(shown);
  });
});

describe('a job that is masked', () => {
  const options = { type: 'cifs', device: '//nas/share', o: 'username=u,password=secret' };
  const mounts = [
    { type: 'volume', target: '/a', volume: { noCopy: true, driver: { name: 'local', options } } },
    { type: 'tmpfs', target: '/b' },
  ] as const;
  const own = { image: 'i', backoffLimit: 0, lossLimit: 0, outputLimitBytes: 1 };
  const job = { spec: { ...own, mounts: [...mounts] } } satisfies Pick<Job, 'spec'>;

  it('keeps the options of its volumes to itself, but for their names', () => {
    const { spec } = maskedJob(job);
    expect(spec.mounts).toEqual([
      {
        ...mounts[0],
        volume: {
          noCopy: true,
          driver: { name: 'local', options: { type: '***', device: '***', o: '***' } },
        },
      },
      mounts[1],
    ]);
  });

  it('is a copy', () => {
    maskedJob(job);
    expect(job.spec.mounts).toEqual(mounts);
  });
});
