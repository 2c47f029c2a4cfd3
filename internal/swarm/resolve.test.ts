import { describe, expect, it } from 'vitest';
import { EngineError } from './engine-error.ts';
import { ownNames, resolveReferences } from './resolve.ts';

const none = { networks: [], secrets: [], configs: [] };
const nothing = () => Promise.reject(new Error('there was nothing to ask for'));

describe('the names that a job refers to', () => {
  it('are looked up by their whole name, whatever else the list has', async () => {
    const list = async () => [
      { ID: 'other', Spec: { Name: 'token-2' } },
      { ID: 'wanted', Spec: { Name: 'token' } },
    ];
    const { secrets } = await resolveReferences({ ...none, secrets: ['token'] }, list);
    expect(secrets.get('token')).toBe('wanted');
  });

  it('are all told that are not there, with what to do', async () => {
    const wanted = { networks: ['back'], secrets: ['a'], configs: ['b'] };
    const resolved = resolveReferences(wanted, async () => []);
    await expect(resolved).rejects.toMatchObject({
      code: 'Invalid',
      message:
        'the swarm has no network "back": create it with "docker network create -d overlay back", or correct spec.networks; ' +
        'the swarm has no secret "a": create it with "docker secret create a FILE", or correct spec.secrets; ' +
        'the swarm has no config "b": create it with "docker config create b FILE", or correct spec.configs',
    });
  });

  it('are not missing because a look failed', async () => {
    const failed = new EngineError('Unavailable', 'cannot list the secrets');
    const resolved = resolveReferences({ ...none, secrets: ['a'] }, () => Promise.reject(failed));
    await expect(resolved).rejects.toBe(failed);
  });

  it('cost no call when there are none, nor for networks that every node has', async () => {
    const { networks } = await resolveReferences({ ...none, networks: ['host'] }, nothing);
    expect(networks.get('host')).toBe('host');
  });
});

it('what a stack is made of has its label, or is used by its services', () => {
  const file = { File: { Name: 'x', UID: '0', GID: '0', Mode: 0o444 } };
  const ContainerSpec = {
    Mounts: [
      { Type: 'volume', Source: 'swarmer_redis-data', Target: '/data' },
      { Type: 'bind', Source: '/var/run/docker.sock', Target: '/var/run/docker.sock' },
    ],
    Secrets: [{ ...file, SecretID: 's', SecretName: 'swarmer_api_tokens' }],
    Configs: [{ ...file, ConfigID: 'c', ConfigName: 'swarmer-policy-1' }],
  };
  const raw = {
    networks: [{ Id: 'n', Name: 'swarmer_control' }],
    secrets: [{ ID: 't', Spec: { Name: 'swarmer_labelled' } }],
    configs: [{ ID: 'c', Spec: { Name: 'swarmer-policy-1' } }],
    services: [
      { Spec: { TaskTemplate: { ContainerSpec } } },
      { Spec: {} },
      {
        Spec: {
          Labels: { 'swarmer.instance': 'default' },
          TaskTemplate: {
            ContainerSpec: { Mounts: [{ Type: 'volume', Source: 'theirs', Target: '/x' }] },
          },
        },
      },
    ],
  };
  expect(ownNames('swarmer', raw)).toEqual({
    stack: 'swarmer',
    networks: ['swarmer_control'],
    secrets: ['swarmer_labelled', 'swarmer_api_tokens'],
    configs: ['swarmer-policy-1'],
    volumes: ['swarmer_redis-data'],
  });
});
