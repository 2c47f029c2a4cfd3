import { describe, expect, it } from 'vitest';
import { Policy } from '../policy/index.ts';
import { StoreError } from '../store/index.ts';
import { jobText, useBench } from './testing/directory.ts';

const bench = useBench();
const CRON = `apiVersion: swarmer/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {spec: {image: busybox}}
`;

describe('a directory that is kept applied', () => {
  it('gives the jobs and cron jobs of its files, however deep', async () => {
    await bench().write('a.yaml', `${jobText('one')}---\n${jobText('two')}`);
    await bench().write('team/b.yml', CRON);
    await bench().write('team/c.json', JSON.stringify({ ...JOB, metadata: { name: 'three' } }));
    await bench().start();
    expect(bench().fake.made).toEqual(['one', 'two', 'three']);
    expect(bench().fake.cron('nightly')?.schedule).toBe('0 3 * * *');
    const told = bench().told('manifest applied');
    expect(told.map(({ object, result }) => [object, result])).toEqual([
      ['Job/default/one', 'created'],
      ['Job/default/two', 'created'],
      ['CronJob/default/nightly', 'created'],
      ['Job/default/three', 'created'],
    ]);
    expect(told[1]?.manifest).toBe(`${bench().directory}/a.yaml:6:1`);
  });

  it('sees a new file at the next look, and at once after a hint', async () => {
    await bench().start();
    await bench().write('a.yaml', jobText('one'));
    await bench().look();
    expect(bench().fake.jobs).toEqual(['one']);
    await bench().write('b.yaml', jobText('two'));
    await bench().hint();
    await bench().lookOnce(5000);
    expect(bench().fake.jobs).toEqual(['one', 'two']);
  });

  it('takes a file that was put in place as a whole as soon as it is told so', async () => {
    await bench().start();
    await bench().write('a.yaml', jobText('one'));
    await bench().hint(bench().directory, 'a.yaml', 'placed');
    await bench().lookOnce(250);
    expect(bench().fake.jobs).toEqual(['one']);
  });

  it('applies a changed file again', async () => {
    await bench().write('a.yaml', jobText('one', ', parallelism: 1'));
    await bench().start();
    await bench().write('a.yaml', jobText('one', ', parallelism: 2'));
    await bench().look();
    expect(bench().fake.job('one').spec.parallelism).toBe(2);
    expect(bench().fake.made).toEqual(['one']);
    expect(bench().told('manifest applied')).toMatchObject([
      { result: 'created' },
      { result: 'configured' },
    ]);
  });

  it('reads the files of variables that its manifests name, and applies again when they change', async () => {
    await bench().write('a.yaml', jobText('one', ', envFile: vars/a.env'));
    await bench().start();
    expect(bench().fake.made).toEqual([]);
    expect(bench().told('file has faults')[0]?.faults).toEqual([
      expect.stringContaining('spec.envFile: vars/a.env: there is no such file'),
    ]);
    await bench().write('vars/a.env', 'A=1\n');
    await bench().look();
    expect(bench().fake.job('one').spec.env).toEqual({ A: '1' });
    await bench().write('vars/a.env', 'A=1\nHOME\n');
    await bench().look();
    expect(bench().told('file has faults')[1]?.faults).toEqual([
      expect.stringContaining('line 2: a name alone has no value here'),
    ]);
  });

  it('leaves the objects of a removed file alone', async () => {
    await bench().write('a.yaml', jobText('one'));
    await bench().start();
    await bench().remove('a.yaml');
    await bench().look();
    expect(bench().fake.jobs).toEqual(['one']);
  });

  it('asks nothing of the store while nothing changes', async () => {
    await bench().write('a.yaml', jobText('one'));
    await bench().start();
    const { calls } = bench().fake;
    await bench().look();
    expect(bench().fake.calls).toBe(calls);
  });
});

describe("the operator's policy", () => {
  it('keeps a manifest from being applied until it allows it, and says why', async () => {
    bench().policy = new Policy({ default: { images: { allow: ['alpine'] } } });
    await bench().write('a.yaml', jobText('one'));
    await bench().start();
    await bench().look();
    expect(bench().fake.made).toEqual([]);
    const told = bench().log.flatMap(({ faults = [] }) => faults);
    expect(told).toEqual([
      expect.stringMatching(/a\.yaml:4:15: spec\.image: policy: images\.allow/),
    ]);
    bench().policy = new Policy();
    await bench().look();
    expect(bench().fake.made).toEqual(['one']);
  });
});

describe('a job', () => {
  it('that has run and was removed does not run again at a restart', async () => {
    await bench().write('a.yaml', jobText('one'));
    await bench().start();
    bench().fake.remove('one');
    await bench().stop();
    await bench().write('a.yaml', `# only a comment is new\n${jobText('one')}`);
    await bench().start();
    expect(bench().fake.made).toEqual(['one']);
    expect(bench().told('manifest was applied before')).toHaveLength(1);
  });

  it('that was removed runs again when its manifest says something else', async () => {
    await bench().write('a.yaml', jobText('one'));
    await bench().start();
    bench().fake.remove('one');
    await bench().write('a.yaml', jobText('one', ', backoffLimit: 1'));
    await bench().look();
    expect(bench().fake.made).toEqual(['one', 'one']);
  });

  it('runs once when several servers keep the same directory applied', async () => {
    await bench().start();
    await bench().start();
    await bench().write('a.yaml', jobText('one'));
    await bench().look();
    expect(bench().fake.made).toEqual(['one']);
  });

  it('that cannot be changed so is told once with the place and the way out, and is applied once it can', async () => {
    await bench().write('a.yaml', jobText('one'));
    await bench().start();
    bench().fake.end('one', 'Complete');
    await bench().write('a.yaml', jobText('one', ', backoffLimit: 1'));
    await bench().look();
    await bench().look();
    const told = bench().told(/^the object that there is cannot be changed so: delete it, or/);
    expect(told).toHaveLength(1);
    expect(told[0]?.faults).toEqual([
      expect.stringMatching(/a\.yaml:4:38: spec\.backoffLimit: cannot be changed: the job is fin/),
    ]);
    bench().fake.remove('one');
    await bench().look();
    expect(bench().fake.job('one').spec.backoffLimit).toBe(1);
  });
});

describe('a file with faults', () => {
  it('is told once with every place, and the others go on', async () => {
    await bench().write('a.yaml', jobText('one', ', imag: x, parallelism: 0'));
    await bench().write('b.yaml', jobText('two'));
    await bench().start();
    await bench().look();
    const told = bench().told(/^file has faults/);
    expect(told).toHaveLength(1);
    expect(told[0]?.faults).toEqual([
      expect.stringMatching(/a\.yaml:4:24: spec\.imag: unknown field "imag"/),
      expect.stringMatching(/a\.yaml:4:46: spec\.parallelism: must be/),
    ]);
    expect(bench().fake.jobs).toEqual(['two']);
  });

  it('leaves the last good state as it is, and nothing of it is applied', async () => {
    await bench().write('a.yaml', jobText('one'));
    await bench().start();
    await bench().write('a.yaml', `${jobText('one', ', parallelism: 9')}---\nkind: Jop\n`);
    await bench().look();
    expect(bench().fake.job('one').spec.parallelism).toBeUndefined();
    await bench().write('a.yaml', jobText('one', ', parallelism: 9'));
    await bench().look();
    expect(bench().fake.job('one').spec.parallelism).toBe(9);
  });

  it('of another content is told again', async () => {
    await bench().write('a.yaml', 'a: [');
    await bench().start();
    await bench().write('a.yaml', 'a: {');
    await bench().look();
    expect(bench().told(/^file has faults/)).toHaveLength(2);
  });
});

describe('two manifests for one object', () => {
  it('do not undo each other: the first counts, and the other is told', async () => {
    await bench().write('a.yaml', jobText('one', ', parallelism: 1'));
    await bench().write('b.yaml', jobText('one', ', parallelism: 2'));
    await bench().start();
    await bench().look();
    expect(bench().fake.job('one').spec.parallelism).toBe(1);
    const told = bench().told(/^another manifest has this object/);
    expect(told).toHaveLength(1);
    expect(told[0]?.manifest).toMatch(/b\.yaml:1:1$/);
    expect(told[0]?.other).toMatch(/a\.yaml:1:1$/);
  });

  it('are the same one whichever came first, after a restart and in another server', async () => {
    await bench().write('b.yaml', jobText('one', ', parallelism: 2'));
    await bench().start();
    await bench().look();
    expect(bench().fake.job('one').spec.parallelism).toBe(2);
    await bench().write('a.yaml', jobText('one', ', parallelism: 1'));
    await bench().look();
    expect(bench().fake.job('one').spec.parallelism).toBe(1);
    const told = bench().told(/^another manifest has this object/);
    expect(told.map(({ manifest, other }) => [manifest, other])).toEqual([
      [expect.stringMatching(/b\.yaml:1:1$/), expect.stringMatching(/a\.yaml:1:1$/)],
    ]);
    await bench().stop();
    await bench().start();
    await bench().look();
    expect(bench().fake.job('one').spec.parallelism).toBe(1);
  });

  it('are the one that is left when the first is gone, without a restart', async () => {
    await bench().write('b.yaml', jobText('one', ', parallelism: 2'));
    await bench().start();
    await bench().look();
    await bench().write('a.yaml', jobText('one', ', parallelism: 1'));
    await bench().look();
    await bench().remove('a.yaml');
    await bench().look();
    expect(bench().fake.job('one').spec.parallelism).toBe(2);
  });

  it('are one again when the first is gone, whichever file is read first', async () => {
    await bench().write('a.yaml', jobText('other'));
    await bench().write('b.yaml', jobText('one', ', parallelism: 1'));
    await bench().start();
    await bench().write('a.yaml', jobText('one', ', parallelism: 2'));
    await bench().remove('b.yaml');
    await bench().look();
    expect(bench().fake.job('one').spec.parallelism).toBe(2);
    expect(bench().told(/^another manifest/)).toEqual([]);
  });
});

describe('what is wrong with a directory', () => {
  it('can be asked for, for as long as it is so', async () => {
    await bench().write('a.yaml', jobText('one'));
    await bench().write('b.yaml', 'a: [');
    await bench().write('c.yaml', jobText('one'));
    bench().policy = new Policy({ namespaces: { shut: { images: { allow: [] } } } });
    await bench().write(
      'd.yaml',
      jobText('two').replace('{name: two}', '{name: two, namespace: shut}'),
    );
    await bench().start();
    await bench().look();
    expect(bench().problems).toEqual([
      expect.stringMatching(/b\.yaml:1:\d+: /),
      expect.stringMatching(/c\.yaml:1:1: Job\/default\/one: another manifest has this object/),
      expect.stringMatching(/d\.yaml:1:1: Job\/shut\/two: the operator's policy does not allow/),
    ]);
    for (const name of ['b.yaml', 'c.yaml', 'd.yaml']) await bench().remove(name);
    await bench().look();
    expect(bench().problems).toEqual([]);
  });
});

describe('the object of a file', () => {
  it('stays its own when its manifest moves within it', async () => {
    await bench().write('a.yaml', jobText('one'));
    await bench().start();
    await bench().write('a.yaml', `# moved down\n${jobText('one', ', parallelism: 2')}`);
    await bench().look();
    expect(bench().fake.job('one').spec.parallelism).toBe(2);
    expect(bench().told(/^another manifest/)).toEqual([]);
  });

  it('stays its own while the file has faults', async () => {
    await bench().write('a.yaml', jobText('one'));
    await bench().start();
    await bench().write('a.yaml', 'a: [');
    await bench().write('b.yaml', jobText('one', ', parallelism: 2'));
    await bench().look();
    expect(bench().fake.job('one').spec.parallelism).toBeUndefined();
    expect(bench().told(/^another manifest/)).toHaveLength(1);
  });
});

describe('a store that does not answer', () => {
  it('is told once, and asked again each second until everything is applied', async () => {
    bench().fake.failure = new StoreError('Unavailable', 'connection lost');
    await bench().write('a.yaml', jobText('one'));
    await bench().start();
    await bench().look(1000);
    expect(bench().told(/^the store does not answer/)).toHaveLength(1);
    bench().fake.failure = undefined;
    await bench().lookOnce(1000);
    expect(bench().fake.jobs).toEqual(['one']);
  });

  it('that refuses one object keeps no other from being applied', async () => {
    await bench().write('a.yaml', jobText('one'));
    await bench().start();
    bench().fake.failure = new StoreError('Corrupt', 'the record cannot be read');
    await bench().write('b.yaml', jobText('two'));
    await bench().look();
    await bench().look();
    expect(bench().told(/^manifest cannot be applied/)).toHaveLength(1);
    bench().fake.failure = undefined;
    await bench().look();
    expect(bench().fake.jobs).toEqual(['one', 'two']);
  });
});

const JOB = { apiVersion: 'swarmer/v1', kind: 'Job', spec: { image: 'busybox' } };
