import { describe, expect, it } from 'vitest';
import { loadSettings } from '../config/index.ts';
import { apiHost, checkPorts, gatewaysOf, reportBaseUrl, reportListener } from './addresses.ts';

const interfaces = {
  lo: ['127.0.0.1', '::1'],
  eth0: ['10.0.0.5', 'fd00::5'],
  docker_gwbridge: ['fe80::1', '172.18.0.1'],
};
const settings = (env: Record<string, string> = {}) => loadSettings(env, () => '');

describe('apiHost', () => {
  it('is loopback without tokens, everywhere with tokens, and what it was told', () => {
    const tokens = { SWARMER_API_TOKENS: 'a-token-of-a-user-0123456789' };
    expect(apiHost(settings())).toBe('127.0.0.1');
    expect(apiHost(settings(tokens))).toBe('0.0.0.0');
    expect(apiHost(settings({ SWARMER_HOST: '10.0.0.5' }))).toBe('10.0.0.5');
  });
});

describe('one port for users and for metrics', () => {
  const tokens = { SWARMER_API_TOKENS: 'a-token-of-a-user-0123456789' };
  const ports = { SWARMER_PORT: '8500', SWARMER_METRICS_PORT: '8500' };
  it.each<[Record<string, string>]>([
    [ports],
    [{ ...ports, ...tokens }],
    [{ ...ports, SWARMER_METRICS_HOST: '0.0.0.0' }],
    [{ ...ports, ...tokens, SWARMER_HOST: '10.0.0.5', SWARMER_METRICS_HOST: '10.0.0.5' }],
  ])('is told as that: %j', (env) => {
    expect(() => checkPorts(settings(env))).toThrow(/^SWARMER_METRICS_PORT: 8500 is SWARMER_PORT/);
  });

  it.each<[Record<string, string>]>([
    [{}],
    [{ SWARMER_METRICS_PORT: '8500', SWARMER_PORT: '8501' }],
    [{ SWARMER_METRICS_PORT: '0', SWARMER_PORT: '0' }],
    [{ ...ports, ...tokens, SWARMER_HOST: '10.0.0.5' }],
  ])('is none: %j', (env) => expect(() => checkPorts(settings(env))).not.toThrow());
});

describe('reportBaseUrl', () => {
  const base = (
    env: Record<string, string>,
    node: string,
    known: typeof interfaces | object = interfaces,
  ) => reportBaseUrl(settings(env), 8500, node, known as typeof interfaces);

  it.each([
    ['the URL it was told', { SWARMER_REPORT_URL: 'https://s.example/x' }, 'https://s.example/x'],
    ['the original names', { RUNNER_HOST_NAME: 'host' }, 'http://host:8500'],
    ['the original port', { RUNNER_HOST_NAME: 'host', RUNNER_PORT: '80' }, 'http://host:80'],
    ['the address of the node', {}, 'http://10.0.0.5:8500'],
  ])('is %s', (_what, env, url) => {
    expect(base(env, '10.0.0.5')).toBe(url);
  });

  it('is the bridge of tasks where the node advertises an address of no use', () => {
    expect(base({}, '127.0.0.1')).toBe('http://172.18.0.1:8500');
    expect(base({}, '192.0.2.9')).toBe('http://172.18.0.1:8500');
  });

  it('is unknown where there is no such bridge', () => {
    expect(base({}, '127.0.0.1', { lo: ['127.0.0.1'] })).toBeUndefined();
  });

  it('writes an IPv6 address in brackets', () => {
    expect(base({}, 'fd00::5')).toBe('http://[fd00::5]:8500');
  });
});

describe('reportListener', () => {
  const loopback = { host: '127.0.0.1', port: 8500 };

  it('is needed where users are taken on loopback only', () => {
    const listener = reportListener(loopback, 'http://172.18.0.1:8500', interfaces);
    expect(listener).toEqual({ host: '172.18.0.1', port: 8500 });
    const six = reportListener(loopback, 'http://[fd00::5]:8501', interfaces);
    expect(six).toEqual({ host: 'fd00::5', port: 8501 });
  });

  it.each([
    ['users are taken everywhere', { host: '0.0.0.0', port: 8500 }, 'http://10.0.0.5:8500'],
    ['there is no address to report to', loopback, undefined],
    ['the address is of another machine, such as a proxy', loopback, 'http://proxy.example'],
    ['reports come over TLS, which somebody else must end', loopback, 'https://10.0.0.5'],
    ['tasks are told of loopback', loopback, 'http://127.0.0.1:8500'],
  ])('is not needed where %s', (_what, address, url) => {
    expect(reportListener(address, url, interfaces)).toBeUndefined();
  });
});

describe('the gateways of a routing table', () => {
  const HEAD =
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';

  it('are those of its default routes', () => {
    const routes = `${HEAD}eth1\t00000000\t010012AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\neth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n`;
    expect(gatewaysOf(routes)).toEqual(['172.18.0.1']);
  });

  it('are none where a device is the way, or nothing is', () => {
    expect(
      gatewaysOf(`${HEAD}eth0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n`),
    ).toEqual([]);
    expect(gatewaysOf(HEAD)).toEqual([]);
  });
});
