import { beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { waitFor } from '../lab/wait.ts';
import { cronJobFile, jobFile } from './manifest.ts';
import { serve } from './serve.ts';
import { verb } from './verb.ts';

interface Listed {
  kind: string;
  items: { kind: string; metadata: { name: string; namespace?: string } }[];
}

const { ctl: program, image, receiver } = await serve('ctl-look');
const ctl = program.in('look');
const namesOf = ({ items }: Listed) => items.map(({ metadata }) => metadata.name);
const rowsOf = (text: string) => text.trimEnd().split('\n');

beforeAll(async () => {
  const script = 'echo $1; exit $1';
  const tasks = [0, 3].map((code) => ({
    name: `exits-${code}`,
    args: ['sh', '-c', script, 'sh', String(code)],
  }));
  const failing = { image, tasks, backoffLimit: 0, callback: { url: receiver.url('/report') } };
  const files = [
    jobFile('report', failing, { labels: { app: 'report' } }),
    jobFile('good', { image, args: ['true'] }, { labels: { app: 'good' } }),
    cronJobFile('yearly', { schedule: '0 3 1 1 *', jobTemplate: { spec: { image } } }),
  ];
  await ctl.read(['apply', '-f', '-'], { stdin: files.join('---\n') });
  const elsewhere = jobFile('elsewhere', { image, suspend: true });
  await program.in('look-2').read(['apply', '-f', '-'], { stdin: elsewhere });
  await ctl.read(['wait', 'report', 'good', '--for', 'finished', '--timeout', '60s']);
  await receiver.delivery('/report');
});

verb('get', () => {
  test('lists jobs as a table, and more of them with -o wide', async () => {
    const [head, first, second, ...more] = rowsOf(await ctl.read(['get', 'jobs']));
    expect(head).toBe('NAME     PHASE      COMPLETIONS   ACTIVE   FAILED   DURATION   AGE');
    expect(first).toMatch(/^report +Failed +1\/2 +0 +1 +\d+\w+ +\d+\w+$/);
    expect(second).toMatch(/^good +Complete +1\/1 +0 +0 +\d+\w+ +\d+\w+$/);
    expect(more).toEqual([]);
    const [, wide] = rowsOf(await ctl.read(['get', 'jobs', '-o', 'wide']));
    expect(wide).toMatch(/ 0 +0 +\S+busybox\S* +app=report$/);
  });

  test('gives the same jobs as JSON, YAML, names and by JSONPath', async () => {
    const json = await ctl.json<Listed>(['get', 'jobs']);
    expect(json.kind).toBe('JobList');
    expect(namesOf(json)).toEqual(['report', 'good']);
    const [yaml] = parseAllDocuments(await ctl.read(['get', 'jobs', '-o', 'yaml']));
    expect(yaml?.toJS()).toEqual(json);
    expect(await ctl.read(['get', 'jobs', '-o', 'name'])).toBe('job/report\njob/good\n');
    const path = 'jsonpath={range .items[*]}{.metadata.name}={.status.phase};{end}';
    expect(await ctl.read(['get', 'jobs', '-o', path])).toBe('report=Failed;good=Complete;');
    expect(await ctl.json(['get', 'job/good'])).toEqual(json.items[1]);
  });

  test('selects by labels, by fields, and over all namespaces', async () => {
    const names = (...args: string[]) => ctl.read(['get', 'jobs', '-o', 'name', ...args]);
    expect(await names('-l', 'app in (good,other)')).toBe('job/good\n');
    expect(await names('-l', 'app!=good')).toBe('job/report\n');
    expect(await names('--field-selector', 'status.phase=Failed')).toBe('job/report\n');
    const everywhere = await ctl.json<Listed>(['get', 'jobs', '-A']);
    expect(everywhere.items.map(({ metadata }) => metadata.namespace)).toEqual(
      expect.arrayContaining(['look', 'look-2']),
    );
    expect(await ctl.read(['get', 'jobs', '-A'])).toMatch(/^look-2 +elsewhere +Suspended /m);
  });

  test('with -w goes on with every change, until it is interrupted', async () => {
    const watching = ctl.in('look-w').start(['get', 'jobs', '-w', '-o', 'json']);
    const stdin = jobFile('late', { image, args: ['true'] });
    await ctl.in('look-w').read(['create', '-f', '-'], { stdin });
    await watching.shows('"phase": "Complete"');
    watching.signal('SIGINT');
    const { code, stdout } = await watching.end();
    expect(code).toBe(130);
    const seen = parseAllDocuments(stdout.replaceAll('}\n{', '}\n---\n{')).map((document) =>
      document.toJS(),
    );
    expect(seen[0]).toMatchObject({ kind: 'Job', status: { phase: 'Running' } });
    expect(seen.at(-1)).toMatchObject({ status: { phase: 'Complete' } });
  });

  test('lists cron jobs', async () => {
    const [, row] = rowsOf(await ctl.read(['get', 'cronjobs']));
    expect(row).toMatch(/^yearly +0 3 1 1 \* +UTC +False +0 +<none> +\d+\w+ +\d+\w+$/);
    const list = await ctl.json<Listed>(['get', 'cj']);
    expect([list.kind, ...namesOf(list)]).toEqual(['CronJobList', 'yearly']);
  });

  test('lists the tasks of a job', async () => {
    const [, good, bad] = rowsOf(await ctl.read(['get', 'tasks', 'report']));
    expect(good).toMatch(/^0 +exits-0 +Succeeded +1 +0 /);
    expect(bad).toMatch(/^1 +exits-3 +Failed +1 +3 .*NonZeroExit$/);
    const failed = ['get', 'tasks', 'report', '--field-selector', 'phase=Failed', '-o', 'name'];
    expect(await ctl.read(failed)).toBe('task/exits-3\n');
  });

  test('lists events, nodes and callbacks', async () => {
    const events = await ctl.json<{ items: { type: string }[] }>(['get', 'events', 'report']);
    const types = events.items.map(({ type }) => type);
    expect(types[0]).toBe('Accepted');
    expect(types).toEqual(expect.arrayContaining(['Succeeded', 'Failed', 'Finished']));
    expect((await ctl.json<Listed>(['get', 'nodes'])).items).toHaveLength(1);
    expect(await ctl.read(['get', 'callbacks'])).toMatch(/^look +report +delivered +1 +200 /m);
  });

  test('exits with 5 for what there is not, with 2 for a kind that there is not', async () => {
    const missing = await ctl.run(['get', 'job', 'nothing']);
    expect([missing.code, missing.stdout]).toEqual([5, '']);
    expect(missing.stderr).toContain('nothing');
    const { code, stderr } = await ctl.run(['get', 'pods']);
    expect(code).toBe(2);
    expect(stderr).toContain('"pods"');
  });
});

verb('describe', () => {
  test('shows why a job failed', async () => {
    const text = await ctl.read(['describe', 'job', 'report']);
    expect(text).toMatch(/^Name: +report\nNamespace: +look\n/);
    expect(text).toMatch(/\nPhase: +Failed\n/);
    expect(text).toMatch(/\n {2}Failed +True +TasksFailed .*1 of 2 tasks did not succeed\n/);
    expect(text).toMatch(/\nFailing tasks:\n.*\n {2}1 +exits-3 +Failed +1 +3 /);
    expect(text).toMatch(/\nEvents:\n(?:.*\n)* {2}\d+\w+ +Finished /);
  });

  test('shows a cron job', async () => {
    const text = await ctl.read(['describe', 'cronjob/yearly']);
    expect(text).toMatch(/\nNext schedule: +\d{4}-01-01T03:00:00.000Z \(in .*\)\n/);
    expect(text).toMatch(/\n {2}schedule: +0 3 1 1 \*\n/);
  });
});

verb('events', () => {
  test('shows what happened, and with -w ends when the job has', async () => {
    const [head, ...rows] = rowsOf(await ctl.read(['events', 'report']));
    expect(head).toMatch(/^AGE +TYPE +TASK +ATTEMPT +REASON +MESSAGE$/);
    expect(rows[0]).toMatch(/ Accepted$/);
    const watched = await ctl.read(['events', 'report', '-w', '-o', 'name']);
    expect(watched).toBe(await ctl.read(['events', 'report', '-o', 'name']));
  });
});

verb('nodes', () => {
  test('lists the nodes of the swarm', async () => {
    const [head, row, ...more] = rowsOf(await ctl.read(['nodes']));
    expect(head).toMatch(/^NAME +STATE +AVAILABILITY +ACTIVE$/);
    expect(row).toMatch(/^\S+ +ready +active +\d+$/);
    expect(more).toEqual([]);
  });
});

verb('whoami', () => {
  test('shows what the token may do', async () => {
    const [head, row] = rowsOf(await ctl.read(['whoami']));
    expect(head).toMatch(/^NAME +ROLE +NAMESPACES$/);
    expect(row).toMatch(/^\(anonymous\) +admin +\*$/);
  });
});

verb('top', () => {
  test('shows slots, nodes and what runs', async () => {
    // What a controller sees of the swarm is told now and then.
    const idle = async () => {
      const text = await program.read(['top']);
      return /\nNAME +STATE +AVAILABILITY +ACTIVE\n\S+ +ready +active +0\n/.test(text) && text;
    };
    const text = await waitFor(idle, { what: 'a report of a swarm in which nothing runs' });
    expect(text).toMatch(/^Slots: 0 of \d+ used \(\d+\w+ ago\)\nJobs: +1 running\n/);
    expect(text).toMatch(/\nlook-2 +elsewhere +0 +1 +0\/1 /);
  });

  test('with -w again and again, with rates', async () => {
    const watching = program.start(['top', '-w', '--interval', '100ms']);
    await watching.shows(/Slots:[\s\S]*Slots:[\s\S]*0\.0\/s/);
    watching.signal('SIGTERM');
    expect((await watching.end()).code).toBe(130);
  });
});

verb('callbacks list', () => {
  test('lists those in a state', async () => {
    const delivered = await ctl.json<Listed>(['callbacks', 'list', '--state', 'delivered']);
    expect(namesOf(delivered)).toEqual(['report']);
    const dead = await ctl.run(['callbacks', 'list', '--state', 'dead']);
    expect(dead).toEqual({
      ...{ code: 0, stdout: '' },
      stderr: 'There are no callbacks that are dead.\n',
    });
  });
});

verb('callbacks show', () => {
  test('shows how the deliveries went', async () => {
    const callback = await ctl.json(['callbacks', 'show', 'report']);
    expect(callback).toMatchObject({ url: receiver.url('/report'), state: 'delivered' });
    expect(await ctl.read(['callbacks', 'show', 'report'])).toContain('state: delivered\n');
    expect((await ctl.run(['callbacks', 'show', 'good'])).code).toBe(5);
  });
});
