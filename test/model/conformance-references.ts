import { expect, test } from 'vitest';
import { referencesOf, type TaskTemplate } from '../../internal/apis/index.ts';
import type { Bench } from './conformance-bench.ts';
import { PROGRAMS } from './programs.ts';

/** What services refer to by name, and how large they may be. */
export function referencesConform(bench: () => Bench): void {
  const JOB: TaskTemplate = {
    networks: ['conform-net'],
    secrets: ['conform', { source: 'conform-longer', target: 'x' }],
    configs: ['conform'],
  };

  test('networks, secrets and configs are found by their whole names', async () => {
    const { subject } = bench();
    for (const [kind, name] of [
      ...[['networks', 'conform-net-longer'] as const, ['networks', 'conform-net'] as const],
      ...[['secrets', 'conform-longer'] as const, ['secrets', 'conform'] as const],
      ...[['configs', 'conform.conf'] as const, ['configs', 'conform'] as const],
    ]) {
      await subject.addNamed(kind, name);
    }
    const resolved = await subject.engine.resolve(referencesOf(JOB));
    const service = await bench().create(bench().spec(PROGRAMS.true, { template: JOB, resolved }));
    expect(await bench().outcome(service)).toMatchObject({ kind: 'ended', exitStatus: 0 });
    expect(await subject.engine.listNames()).toMatchObject({
      networks: expect.arrayContaining(['conform-net', 'conform-net-longer']),
      secrets: expect.arrayContaining(['conform', 'conform-longer']),
      configs: expect.arrayContaining(['conform', 'conform.conf']),
    });
  });

  test('a node without its bridges starts no task on a network, in words that name it', async () => {
    const { subject } = bench();
    const template = { networks: ['conform-gateway'] };
    await subject.addNamed('networks', 'conform-gateway');
    const resolved = await subject.engine.resolve(referencesOf(template));
    const mend = await subject.breakNode('bridge');
    try {
      const { evidence } = await bench().run(PROGRAMS.true, { template, resolved });
      expect(evidence).toMatchObject({
        kind: 'lost',
        reason: 'NodeFault',
        message: expect.stringMatching(
          /^starting container failed: .*endpoint create on GW Network failed: .*adding interface \w+ to bridge docker_gwbridge failed: /,
        ),
      });
    } finally {
      await mend();
    }
    const { evidence } = await bench().run(PROGRAMS.true, { template, resolved });
    expect(evidence).toMatchObject({ kind: 'ended', exitStatus: 0 });
  });

  test('what is not there is missing, whatever begins alike', async () => {
    const wanted = { networks: ['conform-ne'], secrets: ['conform-'], configs: ['conform.'] };
    const resolved = bench().subject.engine.resolve(wanted);
    await expect(resolved).rejects.toMatchObject({
      code: 'Invalid',
      message: expect.stringMatching(/no network "conform-ne".*no secret.*no config/),
    });
  });

  test('a service that refers to what has gone is refused at once', async () => {
    const resolved = {
      networks: new Map(),
      secrets: new Map([['conform', 'x'.repeat(25)]]),
      configs: new Map(),
    };
    const template = { secrets: ['conform'] };
    const refused = bench().subject.engine.createService(
      bench().spec(PROGRAMS.true, { template, resolved }),
    );
    await expect(refused).rejects.toMatchObject({
      code: 'Invalid',
      message: expect.stringMatching(/secret not found/),
    });
  });

  test('a service that is larger than an entry of the log of swarm is refused for good', async () => {
    const env = Object.fromEntries(
      Array.from({ length: 16 }, (_, i) => [`V${i}`, 'x'.repeat(100_000)]),
    );
    const refused = bench().subject.engine.createService(
      bench().spec(PROGRAMS.true, { template: { env } }),
    );
    await expect(refused).rejects.toMatchObject({
      code: 'Invalid',
      message: expect.stringMatching(/raft message is too large/),
    });
  });
}
