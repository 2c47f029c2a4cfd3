import { describe, expect, it } from 'vitest';
import type { TaskTemplate } from '../apis/index.ts';
import { serviceSpec } from './service-spec.ts';

const resolved = {
  networks: new Map([
    ['back', 'net1'],
    ['host', 'host'],
  ]),
  secrets: new Map([['key', 'sec1']]),
  configs: new Map([['app', 'cfg1']]),
};

function specOf(template: TaskTemplate, network?: string) {
  return serviceSpec({
    owner: { instance: 'default', storeId: '01STORE' },
    id: { jobUid: '01JGFJJZ000000000000000000', index: 0, attempt: 1 },
    job: { image: 'x', backoffLimit: 0, lossLimit: 0, outputLimitBytes: 1, ...template },
    task: { name: 'one', args: [] },
    ...(network === undefined ? {} : { network }),
    resolved,
  });
}
const container = (template: TaskTemplate) => specOf(template).TaskTemplate.ContainerSpec;

describe('the service of a task template', () => {
  it('has nothing of what was not asked for, and never a health check', () => {
    expect(Object.keys(container({})).toSorted()).toEqual([
      'Env',
      'Healthcheck',
      'Image',
      'Labels',
    ]);
    expect(container({}).Healthcheck).toEqual({ Test: ['NONE'] });
    const template = specOf({}).TaskTemplate;
    expect(Object.keys(template)).toEqual(['ContainerSpec', 'RestartPolicy', 'LogDriver']);
  });

  it.each<[TaskTemplate, object]>([
    [{ workingDir: '/srv' }, { Dir: '/srv' }],
    [
      { user: '1:2', groups: ['29'] },
      { User: '1:2', Groups: ['29'] },
    ],
    [
      { hostname: 'h', init: false, readOnly: true },
      { Hostname: 'h', Init: false, ReadOnly: true },
    ],
    [{ stopSignal: 'SIGINT' }, { StopSignal: 'SIGINT' }],
    [{ extraHosts: ['db:10.0.0.7', 'six:[::1]'] }, { Hosts: ['10.0.0.7 db', '::1 six'] }],
    [{ dns: { nameservers: ['10.0.0.2'] } }, { DNSConfig: { Nameservers: ['10.0.0.2'] } }],
    [{ sysctls: { 'net.x': '1' } }, { Sysctls: { 'net.x': '1' } }],
    [{ ulimits: { core: 0 } }, { Ulimits: [{ Name: 'core', Soft: 0, Hard: 0 }] }],
    [
      { capabilities: { add: ['net_admin', 'all'], drop: ['CAP_CHOWN'] } },
      { CapabilityAdd: ['CAP_NET_ADMIN', 'ALL'], CapabilityDrop: ['CAP_CHOWN'] },
    ],
    [
      { mounts: [{ type: 'bind', source: '/a', target: '/b', bind: { propagation: 'shared' } }] },
      {
        Mounts: [
          { Type: 'bind', Source: '/a', Target: '/b', BindOptions: { Propagation: 'shared' } },
        ],
      },
    ],
    [
      { mounts: [{ type: 'tmpfs', target: '/t', tmpfs: { sizeBytes: 5, mode: '0700' } }] },
      { Mounts: [{ Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 5, Mode: 0o700 } }] },
    ],
    [
      {
        mounts: [
          {
            ...{ type: 'volume', source: 'v', target: '/v', readOnly: true },
            volume: {
              noCopy: true,
              labels: { a: 'b' },
              driver: { name: 'd', options: { o: '1' } },
            },
          },
        ],
      },
      {
        Mounts: [
          {
            ...{ Type: 'volume', Source: 'v', Target: '/v', ReadOnly: true },
            VolumeOptions: {
              ...{ NoCopy: true, Labels: { a: 'b' } },
              DriverConfig: { Name: 'd', Options: { o: '1' } },
            },
          },
        ],
      },
    ],
  ])('%j', (template, expected) => {
    expect(container(template)).toMatchObject(expected);
  });

  it('refers to secrets and configs by id, readable for all unless it is told otherwise', () => {
    const { Secrets, Configs } = container({
      secrets: ['key'],
      configs: [{ source: 'app', target: '/etc/app', uid: '5', gid: '6', mode: '0440' }],
    });
    expect(Secrets).toEqual([
      {
        ...{ SecretID: 'sec1', SecretName: 'key' },
        File: { Name: 'key', UID: '0', GID: '0', Mode: 0o444 },
      },
    ]);
    expect(Configs).toEqual([
      {
        ...{ ConfigID: 'cfg1', ConfigName: 'app' },
        File: { Name: '/etc/app', UID: '5', GID: '6', Mode: 0o440 },
      },
    ]);
  });

  it.each([
    ['other', [{ Target: 'other' }, { Target: 'net1', Aliases: ['me'] }]],
    ['back', [{ Target: 'net1', Aliases: ['me'] }]],
    ['net1', [{ Target: 'net1', Aliases: ['me'] }]],
    [undefined, [{ Target: 'net1', Aliases: ['me'] }]],
  ])('with the network %s of the installation it has each network once', (own, expected) => {
    const { TaskTemplate } = specOf({ networks: [{ name: 'back', aliases: ['me'] }] }, own);
    expect(TaskTemplate.Networks).toEqual(expected);
  });

  it('is on no network of the installation where it is on that of its node', () => {
    const { TaskTemplate } = specOf({ networks: ['host'] }, 'other');
    expect(TaskTemplate.Networks).toEqual([{ Target: 'host' }]);
  });

  it('has labels of its own beside ours, which stand above them', () => {
    const labels = { team: 'a', 'swarmer.job': 'forged' };
    const spec = specOf({ serviceLabels: labels, containerLabels: { ...labels, team: 'b' } });
    expect(spec.Labels).toMatchObject({ team: 'a', 'swarmer.job': '01JGFJJZ000000000000000000' });
    const { Labels } = spec.TaskTemplate.ContainerSpec;
    expect(Labels).toMatchObject({ team: 'b', 'swarmer.job': '01JGFJJZ000000000000000000' });
  });

  it('says where it may run, and where its log goes', () => {
    const { TaskTemplate } = specOf({
      placement: {
        constraints: ['node.role==worker'],
        preferences: [{ spread: 'node.labels.zone' }],
        platforms: [{ architecture: 'arm64' }],
      },
      logDriver: { name: 'local', options: { 'max-size': '1m' } },
    });
    expect(TaskTemplate).toMatchObject({
      Placement: {
        Constraints: ['node.role==worker'],
        Preferences: [{ Spread: { SpreadDescriptor: 'node.labels.zone' } }],
        Platforms: [{ Architecture: 'arm64' }],
      },
      LogDriver: { Name: 'local', Options: { 'max-size': '1m' } },
    });
    expect(specOf({ placement: { maxPerNode: 1 } }).TaskTemplate).not.toHaveProperty('Placement');
  });
});
