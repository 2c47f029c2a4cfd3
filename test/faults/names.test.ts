import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { NameServer } from '../../internal/callback/testing/name-server.ts';
import { injectLab } from '../lab/inject.ts';
import { waitFor } from '../lab/wait.ts';
import { Receiver } from '../support/receiver.ts';
import { Swarmer } from '../support/swarmer.ts';

const lab = injectLab();
/** Of the tests only; a name server can be told of by its address alone, so it has port 53. */
const NAME_SERVER = '127.53.53.53';

/** The engine of the lab by TCP, on 127.0.0.1. @returns its port. */
async function engineByTcp(): Promise<number> {
  const server = createServer((client) => {
    const engine = connect(lab.dockerSocket);
    client.on('error', () => engine.destroy());
    engine.on('error', () => client.destroy());
    client.pipe(engine).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A server whose engine is `engine.test`, and whose name server knows that and `good.test` alone. */
async function serving(): Promise<Swarmer> {
  const known = ['engine.test', 'good.test'];
  const say = (name: string) => (known.includes(name) ? ['127.0.0.1'] : ('silence' as const));
  await NameServer.start(say, { address: NAME_SERVER, port: 53 });
  const resolvConf = join(lab.dir, 'names-resolv.conf');
  writeFileSync(resolvConf, `nameserver ${NAME_SERVER}\n`);
  const env = {
    DOCKER_HOST: `tcp://engine.test:${await engineByTcp()}`,
    SWARMER_INSTANCE: 'names',
  };
  const swarmer = new Swarmer(lab, { env, resolvConf });
  onTestFinished(async () => void (await swarmer.end()));
  return swarmer.start();
}

test('receivers whose DNS hangs hold up neither the engine that has a name nor other receivers', async () => {
  const image = await lab.ensureImage('busybox');
  const swarmer = await serving();
  const receiver = await Receiver.start();
  onTestFinished(() => receiver.stop());
  const job = (host: string, tasks: number) => ({
    image,
    tasks: Array.from({ length: tasks }, (_, n) => ({ name: `t${n}`, args: ['true'] })),
    callback: { url: receiver.url(`/${host}`).replace('127.0.0.1', host) },
  });
  const dead = Array.from({ length: 8 }, (_, n) => swarmer.create(job(`dead-${n}.test`, 1)));
  for (const id of await Promise.all(dead)) await swarmer.finished(id);

  const id = await swarmer.create(job('good.test', 4));
  await swarmer.finished(id);
  const finished = performance.now();
  await receiver.delivery('/good.test');
  expect(performance.now() - finished).toBeLessThan(2000);
  expect((await swarmer.request('/readyz')).status).toBe(200);
  expect(receiver.deliveries).toHaveLength(1);
  const told = async () => {
    const callback = await swarmer.request(`/v1/jobs/${await dead[0]}/callback`);
    return (await callback.text()).includes('DNS did not answer in time');
  };
  await waitFor(told, { what: 'the callback to say why it was not delivered' });
}, 60_000);
