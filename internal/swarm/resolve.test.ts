import { describe, expect, it } from 'vitest';
import { EngineError } from './engine-error.ts';
import { resolveReferences } from './resolve.ts';

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
