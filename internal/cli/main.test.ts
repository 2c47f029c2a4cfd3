import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandSpec } from './command.ts';
import { EXIT } from './errors.ts';
import { COMMANDS } from './table.ts';
import { FakeApi } from './testing/fake-api.ts';
import { job } from './testing/objects.ts';
import { type RunOptions, run, start } from './testing/run.ts';

let api: FakeApi;

beforeEach(async () => {
  api = await FakeApi.start();
});

afterEach(() => api.close());

/** All command lines that there are, as words. */
function paths(commands: readonly CommandSpec[], before: string[] = []): string[][] {
  return commands.flatMap((spec) => {
    const path = [...before, spec.name];
    return [path, ...paths(spec.subcommands ?? [], path)];
  });
}

describe('help', () => {
  it.each([[[]], ...paths(COMMANDS).map((path) => [path])])(
    'of %j begins with examples, and they are command lines of it',
    async (path) => {
      const { code, stdout, stderr } = await run([...path, '--help']);
      expect([code, stderr]).toEqual([EXIT.ok, '']);
      expect(stdout).toMatch(/^Examples:\n {2}# \S/);
      expect(stdout).toContain(['swarmerctl', ...path].join(' '));
      expect(stdout.indexOf('Usage:')).toBeGreaterThan(stdout.indexOf('swarmerctl'));
    },
  );

  it('does not list what is hidden', async () => {
    expect((await run(['--help'])).stdout).not.toContain('__complete');
  });
});

describe('a command line that is wrong', () => {
  it.each([
    [['gte', 'jobs'], 'Did you mean get?'],
    [['get', 'jobs', '--ouput', 'json'], 'Did you mean --output?'],
    [['get'], "missing required argument 'resource'"],
    [['config', 'veiw'], 'Did you mean view?'],
    [['events', 'a', 'b'], 'too many arguments'],
    [['callbacks', 'list', '--state', 'x'], 'Allowed choices are'],
    [['get', 'jobs', '--request-timeout', 'soon'], '--request-timeout must be a time'],
    [['get', 'jobs', '--server', 'nonsense'], 'the server must be given as'],
    [[], 'Usage: swarmerctl'],
    [['config'], 'Usage: swarmerctl config'],
  ])('%j ends with 2, on stderr', async (argv, words) => {
    const { code, stdout, stderr } = await run(argv);
    expect([code, stdout]).toEqual([EXIT.usage, '']);
    expect(stderr).toContain(words);
  });
});

describe('a run', () => {
  it('takes global options before and after the verb', async () => {
    api.put(job('a', { namespace: 'x' }));
    for (const argv of [
      ['-n', 'x', 'get', 'jobs'],
      ['get', 'jobs', '-n', 'x'],
    ]) {
      expect((await run([...argv, '-o', 'name'], { api })).stdout).toBe('job/a\n');
    }
  });

  it('says which server does not answer, and what to set', async () => {
    const away = { url: 'http://127.0.0.1:1' };
    const { code, stdout, stderr } = await run(['get', 'jobs'], { api: away });
    expect([code, stdout]).toEqual([EXIT.error, '']);
    expect(stderr).toContain('http://127.0.0.1:1 cannot be reached: nothing listens there');
    expect(stderr).toContain('Set SWARMER_SERVER');
  });

  it('ends with 130 at a signal', async () => {
    api.route('GET', '/v1/namespaces/default/jobs', () => undefined);
    const started = start(['get', 'jobs'], { api });
    while (api.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    started.interrupt();
    expect([await started.code, started.stderr.text]).toEqual([EXIT.interrupted, '']);
  });

  it('ends quietly when nobody reads its output any more', async () => {
    api.put(job('a'));
    const started = start(['get', 'jobs', '-w'], { api });
    while (api.watchers === 0) await new Promise((resolve) => setImmediate(resolve));
    started.stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect([await started.code, started.stderr.text]).toEqual([EXIT.ok, '']);
  });

  it.each<[RunOptions & { argv?: string[] }, boolean]>([
    [{ tty: true }, true],
    [{ tty: false }, false],
    [{ tty: true, env: { NO_COLOR: '1' } }, false],
    [{ tty: true, env: { TERM: 'dumb' } }, false],
    [{ tty: true, argv: ['--no-color'] }, false],
  ])('has colours where they are wanted: %j', async ({ argv = [], ...options }, wanted) => {
    api.put(job('a'));
    const { stdout } = await run(['get', 'jobs', ...argv], { api, ...options });
    expect(stdout.includes('\u001b[')).toBe(wanted);
  });

  it('shows escape sequences of an error, and does not obey them', async () => {
    const { stderr } = await run(['get', 'job', 'a\u001b[2J'], { api });
    expect(stderr).toContain('\\x1b[2J');
    expect(stderr).not.toContain('\u001b');
  });
});

describe('version', () => {
  it('is that of this program, and of the server', async () => {
    expect(await run(['version'], { api })).toMatchObject({
      code: EXIT.ok,
      stdout: `client: 1.2.3\nserver: ${api.version}\n`,
    });
    expect((await run(['version', '-o', 'json'], { api })).stdout).toBe(
      `{"client":"1.2.3","server":"${api.version}"}\n`,
    );
    expect((await run(['--version'])).stdout).toBe('1.2.3\n');
  });

  it('does without the server', async () => {
    const away = { url: 'http://127.0.0.1:1' };
    const outcome = await run(['version'], { api: away });
    expect(outcome).toMatchObject({ code: EXIT.ok, stdout: 'client: 1.2.3\n' });
    expect(outcome.stderr).toContain('cannot be reached');
    expect(await run(['version', '--client'], { api: away })).toMatchObject({ stderr: '' });
  });
});
