import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../errors.ts';
import { FakeApi } from '../testing/fake-api.ts';
import { cronJob, job } from '../testing/objects.ts';
import { run } from '../testing/run.ts';

let api: FakeApi;

beforeEach(async () => {
  api = await FakeApi.start();
  api.put(job('report'));
  api.put(job('rest'));
  api.put(job('there', { namespace: 'other' }));
  api.put(cronJob('nightly'));
});

afterEach(() => api.close());

async function complete(...words: string[]): Promise<string[]> {
  const outcome = await run(['__complete', '--', ...words], { api });
  expect([outcome.code, outcome.stderr]).toEqual([EXIT.ok, '']);
  return outcome.stdout.split('\n').filter((line) => line !== '');
}

describe('completion', () => {
  it.each([
    [['des'], ['describe']],
    [['-n', 'x', 'des'], ['describe']],
    [['__com'], []],
    [['config', 'use'], ['use-context']],
    [
      ['get', 'job'],
      ['jobs', 'job', 'job/'],
    ],
    [
      ['get', 'jobs', 're'],
      ['report', 'rest'],
    ],
    [['get', 'jobs', '--sel'], ['--selector']],
    [['get', 'jobs', '--names'], ['--namespace']],
    [
      ['get', 'jobs', '-o', 'j'],
      ['json', 'jsonpath='],
    ],
    [
      ['get', 'jobs', '--output=j'],
      ['--output=json', '--output=jsonpath='],
    ],
    [
      ['get', 'jobs', '--output', '=', 'j'],
      ['json', 'jsonpath='],
    ],
    [['get', 'cronjobs', ''], ['nightly']],
    [['get', 'tasks', 'rep'], ['report']],
    [
      ['cancel', 'rest', 're'],
      ['report', 'rest'],
    ],
    [['cancel', '-n', 'other', ''], ['there']],
    [['--namespace=other', 'cancel', ''], ['there']],
    [['trigger', ''], ['nightly']],
    [['suspend', 'cron'], ['cronjob/']],
    [['suspend', 'cronjob/'], ['cronjob/nightly']],
    [['delete', 'cronjob', 'n'], ['nightly']],
    [
      ['callbacks', 'list', '--state', 'de'],
      ['delivered', 'dead'],
    ],
    [['completion', 'z'], ['zsh']],
    [['run', 'alpine', '--', 'e'], []],
  ])('%j', async (words, found) => {
    expect(await complete(...words)).toEqual(found);
  });

  it('is silent on stdout when the server is away', async () => {
    const outcome = await run(['__complete', '--', 'cancel', ''], {
      api: { url: 'http://127.0.0.1:1' },
    });
    expect([outcome.code, outcome.stdout]).toEqual([EXIT.ok, '']);
  });
});

describe('the scripts', () => {
  it('of bash asks for what the line says, and offers it', async () => {
    const { stdout: script } = await run(['completion', 'bash']);
    const shell = `
      swarmerctl() { printf '%s|' "$@" >&2; printf 'report\\nrest\\n'; }
      ${script.replaceAll('2>/dev/null)', ')')}
      COMP_WORDS=(swarmerctl get jobs re) COMP_CWORD=3
      _swarmerctl
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const out = execFileSync('bash', ['-c', `exec 2>&1; ${shell}`], { encoding: 'utf8' });
    expect(out).toBe('__complete|--|get|jobs|re|report\nrest\n');
  });

  it('of bash, zsh and fish ask this program', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout } = await run(['completion', shell]);
      expect([code, stdout]).toEqual([
        EXIT.ok,
        expect.stringContaining('swarmerctl __complete -- '),
      ]);
    }
    expect((await run(['completion', 'tcsh'])).code).toBe(EXIT.usage);
  });
});
