import { describe, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import { Swarmer } from '../support/swarmer.ts';

/** S8: a server that other machines reach, and that asks for no token. */

const lab = injectLab();

describe('a server without tokens', () => {
  test.each(['0.0.0.0', '::', '10.0.0.5', 'swarmer.internal', '127.0.0.1.example'])(
    'does not start on %s, and says what to set',
    async (host) => {
      const swarmer = new Swarmer(lab, { role: 'api', env: { SWARMER_HOST: host } });
      try {
        await expect(swarmer.start()).rejects.toThrow(
          /SWARMER_HOST.*SWARMER_ACCESS_FILE.*SWARMER_ALLOW_ANONYMOUS_ADMIN=true/,
        );
      } finally {
        await swarmer.end();
      }
    },
  );

  test('starts there when that is asked for, and says what it comes to', async () => {
    const redis = await lab.startRedis();
    const env = {
      ...{ REDIS_URL: `redis+unix://${redis.socketPath}`, SWARMER_HOST: '0.0.0.0' },
      SWARMER_ALLOW_ANONYMOUS_ADMIN: 'true',
    };
    const swarmer = new Swarmer(lab, { role: 'api', env });
    try {
      await swarmer.start();
      const said = swarmer.logLines().find(({ msg }) => String(msg).includes('may do everything'));
      expect(said).toMatchObject({ level: 'warn', host: '0.0.0.0' });
      expect((await swarmer.request('/v1/jobs')).status).toBe(200);
    } finally {
      await swarmer.end();
      await redis.stop();
    }
  });
});
