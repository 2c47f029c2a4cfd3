import { describe, expect, test } from 'vitest';
import type { Task } from '../../internal/cli/resources.ts';
import { waitFor } from '../lab/wait.ts';
import { HELD, letGo, TRAPS, WAITS } from './held-task.ts';
import { jobFile } from './manifest.ts';
import { serve } from './serve.ts';
import type { Outcome } from './swarmerctl.ts';

const { ctl: program, image, lab } = await serve('ctl-states');
const ctl = program.in('states');

/** What the task beside the one that is looked at writes. */
const OTHER = 'echo out of the other';
const HELD_OTHER = `${TRAPS} ${OTHER}; ${WAITS}`;
const ENDS = ['Succeeded', 'Failed', 'Rejected', 'Lost', 'TimedOut', 'Cancelled'];

interface State {
  /** What the task `it` is, or becomes. */
  name: string;
  /** The scripts of the other task and of the one that is looked at. */
  scripts: readonly [string, string];
  spec?: object;
  task?: object;
  /** Brings the task there. */
  reach?: (job: string) => Promise<unknown>;
  /** The phase that it then has. */
  phase: Task['phase'];
  words: RegExp;
}

const uidOf = (job: string) => ctl.read(['get', 'job', job, '-o', 'jsonpath={.metadata.uid}']);
const tasksOf = async (job: string) =>
  (await ctl.json<{ items: Task[] }>(['get', 'tasks', job])).items;
const finished = (job: string) => ctl.read(['wait', job, '--for', 'finished', '--timeout', '60s']);

/** What cannot be had is a failure; what is not there yet, or never was, is none. */
const codeOf = ({ stderr }: Outcome) => (/is not available|has no output:/.test(stderr) ? 1 : 0);

/** Awaits that the task is in a phase, and the other has written what it writes. */
async function stands(job: string, phase: Task['phase']): Promise<void> {
  const look = async () => (await tasksOf(job)).at(-1)?.phase === phase;
  await waitFor(look, { what: `a task of ${job} to be ${phase}`, timeoutMs: 60_000 });
  const written = async () => (await ctl.run(['logs', job, 'other'])).stdout !== '';
  await waitFor(written, { what: `the other task of ${job} to write`, timeoutMs: 60_000 });
}

async function happened(job: string, type: string): Promise<void> {
  const look = async () => (await ctl.read(['events', job])).includes(type);
  await waitFor(look, { what: `${type} of ${job}`, timeoutMs: 60_000 });
}

const STATES: readonly State[] = [
  {
    name: 'pending',
    scripts: [HELD_OTHER, 'true'],
    spec: { parallelism: 1 },
    phase: 'Pending',
    words: /^swarmerctl: task it has no output yet: the task has not been started\n$/,
  },
  {
    name: 'suspended',
    scripts: [HELD_OTHER, 'true'],
    spec: { parallelism: 1 },
    reach: (job) => ctl.read(['suspend', job]),
    phase: 'Pending',
    words: /^swarmerctl: task it has no output yet: the job is suspended: .*\n$/,
  },
  {
    name: 'waiting',
    scripts: [OTHER, 'exit 3'],
    spec: { backoffLimit: 1, retryBackoff: { baseMs: 3_600_000, maxMs: 3_600_000 } },
    reach: (job) => happened(job, 'Retrying'),
    phase: 'Pending',
    words: /^swarmerctl: task it waits for its next attempt; attempt 1 has written nothing\n$/,
  },
  {
    name: 'starting',
    scripts: [OTHER, 'true'],
    task: { resources: { reservations: { memory: '900g' } } },
    phase: 'Active',
    words: /^swarmerctl: task it has no output yet: its process has not been started\n$/,
  },
  {
    name: 'running',
    scripts: [OTHER, HELD],
    phase: 'Active',
    words: /^swarmerctl: task it has written nothing\n$/,
  },
  {
    name: 'rejected',
    scripts: [OTHER, 'true'],
    spec: { startDeadlineSeconds: 2 },
    task: { resources: { reservations: { memory: '900g' } } },
    phase: 'Rejected',
    words:
      /^swarmerctl: task it is Rejected: StartDeadlineExceeded: .*\nswarmerctl: the output of .*never started\n$/,
  },
  {
    name: 'lost',
    scripts: [OTHER, HELD],
    spec: { lossLimit: 0 },
    async reach(job) {
      await happened(job, 'Running');
      await stands(job, 'Active');
      await lab.docker.getService(`swarmer-${(await uidOf(job)).toLowerCase()}-1-1`).remove();
      await finished(job);
    },
    phase: 'Lost',
    words: /^swarmerctl: task it is Lost: ServiceRemoved.*\nswarmerctl: .*task it .*\n$/,
  },
  {
    name: 'cancelled-before',
    scripts: [HELD_OTHER, 'true'],
    spec: { parallelism: 1 },
    async reach(job) {
      await stands(job, 'Pending');
      await ctl.read(['cancel', job]);
      await finished(job);
    },
    phase: 'Cancelled',
    words:
      /^swarmerctl: task it is Cancelled.*\nswarmerctl: the output of task it is not available: the job ended before the task was started\n$/,
  },
  {
    name: 'cancelled-after',
    scripts: [OTHER, HELD],
    async reach(job) {
      await stands(job, 'Active');
      await ctl.read(['cancel', job]);
      await finished(job);
    },
    phase: 'Cancelled',
    words: /^swarmerctl: task it is Cancelled.*\nswarmerctl: .*task it .*\n$/,
  },
  {
    name: 'timed-out',
    scripts: [OTHER, 'sleep 600'],
    task: { timeoutSeconds: 1 },
    phase: 'TimedOut',
    words: /^swarmerctl: task it is TimedOut: .*\nswarmerctl: .*task it .*\n$/,
  },
  {
    name: 'failed',
    scripts: [OTHER, 'exit 3'],
    phase: 'Failed',
    words: /^swarmerctl: task it has written nothing\n$/,
  },
  {
    name: 'succeeded',
    scripts: [OTHER, 'true'],
    phase: 'Succeeded',
    words: /^swarmerctl: task it has written nothing\n$/,
  },
];

async function reached({ name, scripts, spec, task, reach, phase }: State): Promise<void> {
  const [other, it] = scripts.map((script) => ({ args: ['sh', '-c', script] }));
  const tasks = [
    { ...other, name: 'other' },
    { ...it, ...task, name: 'it' },
  ];
  const manifest = { image, backoffLimit: 0, ...spec, tasks };
  await ctl.read(['create', '-f', '-'], { stdin: jobFile(name, manifest) });
  await reach?.(name);
  await stands(name, phase);
}

describe.each(STATES)('the log of a task that is $name', (state) => {
  const { name, phase, words } = state;
  const isOver = ENDS.includes(phase);

  test('is told in words', async () => {
    await reached(state);
    for (const argv of [['it'], ['it', '--tail', '1'], ['1', '--prefix']]) {
      const shown = await ctl.run(['logs', name, ...argv]);
      expect([argv, shown.stdout]).toEqual([argv, '']);
      expect(shown.stderr).toMatch(words);
      expect(shown.code).toBe(codeOf(shown));
    }
  });

  test('comes with those of the other tasks', async () => {
    for (const argv of [[], ['--tail', '1'], ['--prefix', '--stream', 'stdout']]) {
      const all = await ctl.run(['logs', name, '--all', ...argv]);
      expect([argv, all.code]).toEqual([argv, codeOf(all)]);
      expect(all.stdout).toMatch(/^(?:\[other\] )?out of the other\n$/);
      // Of all tasks those that are merely silent are not told of.
      if (words.source.startsWith('^swarmerctl: task it has written')) expect(all.stderr).toBe('');
      else expect(all.stderr).toMatch(/^swarmerctl: .*task it/);
    }
  });

  if (isOver) {
    test('ends in words when it is followed', async () => {
      for (const argv of [[], ['--tail', '1']]) {
        const shown = await ctl.run(['logs', name, 'it', '-f', ...argv]);
        expect([argv, shown.code, shown.stdout]).toEqual([argv, codeOf(shown), '']);
        expect(shown.stderr).toMatch(/^swarmerctl: task it (?:is|has written nothing)/);
      }
      const all = await ctl.run(['logs', name, '--all', '-f', '--tail', '1']);
      expect([all.code, all.stdout]).toEqual([codeOf(all), 'out of the other\n']);
    });
  }

  if (phase === 'Pending') {
    test('is waited for in words when it is followed', async () => {
      for (const argv of [['it'], ['it', '--tail', '1'], ['--all']]) {
        const following = ctl.start(['logs', name, ...argv, '-f']);
        await waitFor(() => /^swarmerctl: task it: the /m.test(following.stderr), {
          what: 'words',
        });
        if (argv[0] === '--all') await following.shows('out of the other\n');
        following.signal('SIGINT');
        expect((await following.end()).code).toBe(130);
      }
    });
  }

  if (name === 'running') {
    test('ends in words when it has ended', async () => {
      const following = ['0', '1'].map((tail) =>
        ctl.start(['logs', name, '--all', '-f', '--tail', tail]),
      );
      await letGo(lab, await uidOf(name));
      for (const each of following) expect((await each.end()).code).toBe(0);
    });
  }
});
