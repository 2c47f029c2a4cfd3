import { mkdtempSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import { Swarmerctl } from './swarmerctl.ts';
import { verb } from './verb.ts';

const lab = injectLab();
const { docker } = lab;
// No server is there: the check is for before there is one.
const ctl = new Swarmerctl('http://127.0.0.1:9', mkdtempSync(join(lab.dir, 'ctl-')));
const env = {
  DOCKER_HOST: `unix://${lab.dockerSocket}`,
  SWARMER_DOCKER_GID: String(statSync(lab.dockerSocket).gid),
};
const made: string[] = [];

afterAll(async () => {
  for (const id of made) await docker.getSecret(id).remove();
});

verb('install check', () => {
  test('says what is missing on a swarm, until it is there', async () => {
    const before = await ctl.run(['install', 'check'], { env });
    expect([before.code, before.stderr]).toEqual([
      1,
      expect.stringContaining('Something is missing'),
    ]);
    expect(before.stdout).toMatch(/^NEEDED +STATE +FOUND\nDocker engine +ok +\d+\.\d+\.\S+\n/);
    expect(before.stdout).toMatch(/^Node label swarmer.redis=true +missing +on no node$/m);
    expect(before.stdout).toMatch(/^Secret swarmer_api_tokens +missing +not there$/m);
    expect(before.stdout).toMatch(/^SWARMER_DOCKER_GID +ok +\d+$/m);
    expect(before.stdout).toMatch(/^Free subnet 10.249.0.0\/20 +ok +free$/m);
    expect(before.stdout).toContain(
      `docker node update --label-add swarmer.redis=true ${lab.manager.hostname}`,
    );
    expect(before.stdout).toMatch(/^openssl .*docker secret create swarmer_api_tokens -$/m);

    const secret = { Name: 'swarmer_api_tokens', Data: Buffer.from('x').toString('base64') };
    made.push((await docker.createSecret(secret)).id);
    const { stdout } = await ctl.run(['install', 'check'], { env });
    expect(stdout).toMatch(/^Secret swarmer_api_tokens +ok +there$/m);
  });

  test('says so where there is no engine, or no docker command', async () => {
    const away = { ...env, DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    const { code, stdout } = await ctl.run(['install', 'check'], { env: away });
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^Docker engine +missing +\S/m)]);
    expect(stdout).toMatch(/^Secret swarmer_api_tokens +unknown /m);
    const programs = mkdtempSync(join(lab.dir, 'path-'));
    // What the test itself needs to run it.
    symlinkSync('/usr/bin/setpriv', join(programs, 'setpriv'));
    const none = await ctl.run(['install', 'check'], { env: { ...env, PATH: programs } });
    expect(none.stdout).toMatch(
      /^Docker engine +missing +there is no docker command on the PATH$/m,
    );
  });
});
