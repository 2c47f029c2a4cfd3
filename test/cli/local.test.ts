import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { jobFile } from './manifest.ts';
import { serve } from './serve.ts';
import { PROGRAM } from './swarmerctl.ts';
import { verb } from './verb.ts';

const TOKEN = 'a-token-of-a-user-0123456789';
const site = await serve('ctl-local', { SWARMER_API_TOKENS: TOKEN, SWARMER_HOST: '127.0.0.1' });
const { swarmer, image } = site;
/** Without SWARMER_SERVER: it goes by its configuration. */
const ctl = site.ctl.at('');
const execFileAsync = promisify(execFile);

verb('config set-context', () => {
  test('notes a server and its token in a file that nobody else can read', async () => {
    const options = ['--server', swarmer.url, '--token', TOKEN];
    expect((await ctl.run(['config', 'set-context', 'lab', ...options])).code).toBe(0);
    const changed = await ctl.run(['config', 'set-context', 'lab', '--namespace', 'own']);
    expect(changed.code).toBe(0);
    await ctl.read(['config', 'set-context', 'away', '--server', 'http://127.0.0.1:9']);
    const path = join(ctl.dir, 'config.yaml');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(parse(readFileSync(path, 'utf8'))).toMatchObject({
      contexts: [{ name: 'lab', server: `${swarmer.url}/`, token: TOKEN, namespace: 'own' }, {}],
    });
  });
});

verb('config use-context', () => {
  test('sends all that follows to that server, with its token', async () => {
    await ctl.read(['config', 'use-context', 'lab']);
    const stdin = jobFile('here', { image, suspend: true });
    expect(await ctl.read(['apply', '-f', '-'], { stdin })).toBe('job/here created\n');
    expect(await ctl.read(['get', 'jobs', '-A'])).toMatch(/^own +here /m);
    const away = await ctl.run(['get', 'jobs', '--context', 'away']);
    expect([away.code, away.stdout]).toEqual([1, '']);
    expect(away.stderr).toContain('http://127.0.0.1:9 cannot be reached');
  });

  test('without a token, or with a wrong one, exits with 4', async () => {
    for (const more of [[], ['--token', 'wrong']]) {
      const { code, stdout, stderr } = await site.ctl.run(['get', 'jobs', ...more], {
        env: { SWARMER_CONFIG: '/nonexistent' },
      });
      expect([code, stdout]).toEqual([4, '']);
      expect(stderr).toContain('SWARMER_TOKEN');
    }
    const right = { SWARMER_TOKEN: TOKEN, SWARMER_CONFIG: '/nonexistent' };
    expect((await site.ctl.run(['get', 'jobs', '-A'], { env: right })).code).toBe(0);
  });
});

verb('config current-context', () => {
  test('prints its name', async () => {
    expect(await ctl.read(['config', 'current-context'])).toBe('lab\n');
  });
});

verb('config get-contexts', () => {
  test('lists them', async () => {
    const table = await ctl.read(['config', 'get-contexts']);
    expect(table).toMatch(/^\* +lab +http:\S+ +own +set$/m);
    expect(await ctl.read(['config', 'get-contexts', '-o', 'name'])).toBe('lab\naway\n');
  });
});

verb('config view', () => {
  test('shows everything but tokens', async () => {
    const text = await ctl.read(['config', 'view']);
    expect(parse(text)).toMatchObject({ currentContext: 'lab', contexts: [{ name: 'lab' }, {}] });
    expect(text).not.toContain(TOKEN);
  });
});

verb('config delete-context', () => {
  test('forgets a server', async () => {
    await ctl.read(['config', 'delete-context', 'away']);
    expect(await ctl.read(['config', 'get-contexts', '-o', 'name'])).toBe('lab\n');
    expect((await ctl.run(['config', 'delete-context', 'away'])).code).not.toBe(0);
  });
});

verb('version', () => {
  test('prints both versions; an open server tells its own without a token', async () => {
    const { version } = manifest;
    expect(await ctl.read(['version'])).toBe(`client: ${version}\nserver: ${version}\n`);
    const env = { SWARMER_CONFIG: '/nonexistent' };
    expect(await site.ctl.json(['version'], { env })).toEqual({ client: version, server: version });
    expect(await ctl.read(['version', '--client'])).toBe(`client: ${version}\n`);
  });
});

verb('explain', () => {
  test('tells what a field of a manifest means', async () => {
    const text = await ctl.read(['explain', 'job.spec.parallelism']);
    expect(text).toMatch(/^KIND: +Job\nVERSION: +swarmer\/v1\nFIELD: +job.spec.parallelism /);
    expect(await ctl.read(['explain', 'cronjob', '--recursive'])).toContain('jobTemplate <object>');
    expect((await ctl.run(['explain', 'job.spec.paralelism'])).code).toBe(2);
  });
});

verb('schema', () => {
  test('has every field of what the server gives back', async () => {
    const schema = JSON.parse(await ctl.read(['schema', 'job']));
    const { spec } = await ctl.json<{ spec: object }>(['get', 'job', 'here']);
    const known = Object.keys(schema.properties.spec.properties);
    expect(known).toEqual(expect.arrayContaining(Object.keys(spec)));
    expect(JSON.parse(await ctl.read(['schema'])).oneOf).toHaveLength(2);
  });
});

verb('completion', () => {
  test('for bash completes verbs, kinds and names of the server', async () => {
    const { path, script } = await bashSetup();
    const completed = (line: string) => complete(path, script, line);
    expect(await completed('swarmerctl ca')).toEqual(['cancel', 'callbacks']);
    expect(await completed('swarmerctl get jo')).toEqual(expect.arrayContaining(['jobs']));
    expect(await completed('swarmerctl describe job ')).toEqual(['here']);
    expect(await completed('swarmerctl get jobs -o js')).toEqual(['json', 'jsonpath=']);
    expect(await completed('swarmerctl get jobs --output=js')).toEqual(['json', 'jsonpath=']);
  });

  test('exists for zsh and fish, and for nothing else', async () => {
    expect(await ctl.read(['completion', 'zsh'])).toMatch(/^#compdef swarmerctl\n/);
    expect(await ctl.read(['completion', 'fish'])).toContain('complete -c swarmerctl ');
    expect((await ctl.run(['completion', 'csh'])).code).toBe(2);
  });
});

verb('__complete', () => {
  test('prints what the last word may become', async () => {
    expect(await ctl.read(['__complete', '--', 'logs', 'h'])).toBe('here\n');
  });
});

/** A bash that finds this swarmerctl under its name, and has read the script. */
async function bashSetup(): Promise<{ path: string; script: string }> {
  const bin = join(ctl.dir, 'bin');
  mkdirSync(bin);
  const wrapper = `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`;
  chmodSync(ctl.file('bin/swarmerctl', wrapper), 0o755);
  const script = ctl.file('completion.bash', await ctl.read(['completion', 'bash']));
  return { path: `${bin}:${ctl.env['PATH']}`, script };
}

/** What bash offers for a line with the cursor at its end. Its words are split as readline does. */
async function complete(path: string, script: string, line: string): Promise<string[]> {
  const words = line.split(/ |(=)/).filter((word) => word !== undefined);
  const body = [
    'source "$1"; shift',
    'COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))',
    '_swarmerctl',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of bash.
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n');
  const { stdout } = await execFileAsync('bash', ['-c', body, 'bash', script, ...words], {
    env: { ...ctl.env, PATH: path },
  });
  return stdout.split('\n').filter((word) => word !== '');
}
