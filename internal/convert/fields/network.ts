import type { FieldTable } from './table.ts';

export const DNS_CONFIG: FieldTable = {
  type: 'PodDNSConfig',
  converted: ['nameservers', 'searches', 'options'],
  dropped: {},
};

export const DNS_OPTION: FieldTable = {
  type: 'PodDNSConfigOption',
  converted: ['name', 'value'],
  dropped: {},
};

export const HOST_ALIAS: FieldTable = {
  type: 'HostAlias',
  converted: ['ip', 'hostnames'],
  dropped: {},
};
