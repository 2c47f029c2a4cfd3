import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { injectLab } from '../lab/inject.ts';
import { cleanEnv } from '../lab/spawn.ts';
import { Swarmer } from '../support/swarmer.ts';

const lab = injectLab();

test('an API has room for young garbage, and is the very process that was started', async () => {
  const redis = await lab.startRedis();
  const env = { REDIS_URL: `redis+unix://${redis.socketPath}` };
  const swarmer = await new Swarmer(lab, { role: 'api', env }).start();
  try {
    const words = readFileSync(`/proc/${swarmer.pid}/cmdline`, 'utf8').split('\0');
    expect(words.slice(1, -1)).toEqual([
      ...['--max-semi-space-size=32', expect.stringMatching(/\/dist\/cmd\/swarmer\.js$/), 'api'],
    ]);
  } finally {
    await swarmer.end();
    await redis.stop();
  }
});

test('the program is found behind a link, as npm installs it', async () => {
  const link = join(lab.dir, 'swarmer-link');
  symlinkSync(fileURLToPath(new URL(`../../${manifest.bin.swarmer}`, import.meta.url)), link);
  const env = { PATH: `${dirname(process.execPath)}:${cleanEnv.PATH}` };
  const { stdout } = await promisify(execFile)(link, ['--version'], { env });
  expect(stdout.trim()).toBe(manifest.version);
});
