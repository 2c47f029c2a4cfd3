import { expect, test } from 'vitest';
import { freeSubnet, routedNetworks } from './subnet.ts';

test.each([
  ['nothing', [], '10.213.7'],
  ['another network', ['10.213.8.0/24', '192.168.0.0/16'], '10.213.7'],
  ['a network within', ['10.213.7.128/25'], '198.18.7'],
  ['an address of it', ['10.213.7.9/32'], '198.18.7'],
  ['a network around', ['10.0.0.0/8'], '198.18.7'],
  ['both', ['10.0.0.0/8', '198.18.0.0/15'], undefined],
])('where %s is routed, lab 7 has %s', (_, routed, expected) => {
  expect(freeSubnet(7, routed)).toBe(expected);
});

test('the default route is in the way of no lab, an address of the machine is', async () => {
  const routed = await routedNetworks();
  expect(routed).toContain('127.0.0.1/32');
  expect(routed.filter((network) => network.endsWith('/0'))).toEqual([]);
});
