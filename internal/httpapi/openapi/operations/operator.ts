import type { Operation, Parameter } from '../types.ts';
import { json } from './answers.ts';

const of = { topic: 'Operation', token: 'user' } as const;

const storeId: Parameter = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'Id of the store.',
  schema: { type: 'string' },
};

function decision(verb: 'purge' | 'adopt', summary: string): Operation {
  return {
    ...of,
    id: `${verb}Foreign`,
    method: 'post',
    path: `/v1/foreign/{id}/${verb}`,
    summary,
    parameters: [storeId],
    answers: { 202: json('The controller will do it.', 'Empty') },
    refusals: { 404: 'There are no services of that store.' },
  };
}

const NODE_REFUSALS = {
  404: 'There is no such node, or no controller has told of any yet.',
  409: 'Several nodes have this hostname.',
};

/** Calls for whoever runs Swarmer. */
export const operatorOperations: readonly Operation[] = [
  {
    ...of,
    id: 'readMetrics',
    method: 'get',
    path: '/metrics',
    summary: 'Read what this process counts and measures, for Prometheus',
    description: 'Without a token on `SWARMER_METRICS_PORT`, where that is set.',
    anyQuery: true,
    answers: {
      200: {
        description: 'The Prometheus text format, version 0.0.4.',
        content: { 'text/plain': { schema: { type: 'string' } } },
      },
    },
  },
  {
    ...of,
    id: 'readCluster',
    method: 'get',
    path: '/v1/cluster',
    summary: 'Read the nodes and slots of the swarm',
    answers: { 200: json('As the leading controller published them last.', 'Cluster') },
  },
  {
    ...of,
    id: 'readNode',
    method: 'get',
    path: '/v1/nodes/{node}',
    summary: 'Read one node, and how far its drain is',
    answers: { 200: json('As the leading controller published it last.', 'Node') },
    refusals: NODE_REFUSALS,
  },
  {
    ...of,
    id: 'drainNode',
    method: 'post',
    path: '/v1/nodes/{node}/drain',
    summary: 'Empty a node without stopping a task, then drain it',
    description:
      'It gets no more tasks; once no attempt is on it any more, it is drained. The wish stays until then.',
    answers: { 202: json('The controller will do it.', 'Node') },
    refusals: NODE_REFUSALS,
  },
  {
    ...of,
    id: 'undrainNode',
    method: 'post',
    path: '/v1/nodes/{node}/undrain',
    summary: 'Make a node active again, and give up its drain',
    answers: { 202: json('The controller will do it.', 'Node') },
    refusals: NODE_REFUSALS,
  },
  {
    ...of,
    id: 'getConfiguration',
    method: 'get',
    path: '/v1/configuration',
    summary: "See what is wrong with the operator's files, and which policy each process holds",
    description:
      'Of the process that answers: the policy, the access file, the directory of manifests.',
    answers: { 200: json('The files and the policies.', 'Configuration') },
  },
  {
    ...of,
    id: 'listQuarantine',
    method: 'get',
    path: '/v1/quarantine',
    summary: 'List the jobs that were set aside',
    description: 'As their records cannot be read.',
    answers: { 200: json('The jobs.', 'Quarantine') },
  },
  {
    ...of,
    id: 'releaseJob',
    method: 'post',
    path: '/v1/jobs/{id}/release',
    summary: 'Take a job back whose records were put right',
    answers: { 200: json('It is taken up again.', 'Empty') },
    refusals: { 404: 'The job was not set aside.' },
  },
  {
    ...of,
    id: 'listForeign',
    method: 'get',
    path: '/v1/foreign',
    summary: 'List other stores whose services are on the swarm',
    description:
      'As after Redis was emptied. One is gone from the list, with what was decided of it, once a complete ' +
      'list of the services shows none of it.',
    answers: { 200: json('The stores.', 'ForeignStores') },
  },
  decision('purge', 'Remove the services of another store'),
  decision('adopt', 'Take over the services of another store'),
];
