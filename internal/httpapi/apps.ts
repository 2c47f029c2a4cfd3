import type { Express, RequestHandler } from 'express';
import type { NodeWish } from '../apis/index.ts';
import type { ForeignDecision } from '../store/ports.ts';
import type { Handler } from './access/caller.ts';
import { guarded } from './access/gate.ts';
import { type Needs, reads, writes } from './access/needs.ts';
import type { OpenRoute, Route } from './access/route.ts';
import { baseApp } from './base-app.ts';
import { addTasks } from './handlers/add-tasks.ts';
import { putJob } from './handlers/apply-job.ts';
import { callback } from './handlers/callback.ts';
import { cluster } from './handlers/cluster.ts';
import {
  createCron,
  cronEvents,
  deleteCron,
  getCron,
  putCron,
  suspendCron,
  triggerCron,
} from './handlers/cron-jobs.ts';
import { docs, openapi } from './handlers/docs.ts';
import { events } from './handlers/events.ts';
import { healthz, readyz, version } from './handlers/health.ts';
import { actOnJob, createJob, createNamedJob, deleteJob, getJob } from './handlers/jobs.ts';
import { listCallbacks } from './handlers/list-callbacks.ts';
import { listCrons } from './handlers/list-cron-jobs.ts';
import { listJobs } from './handlers/list-jobs.ts';
import { logs } from './handlers/logs.ts';
import { metrics } from './handlers/metrics.ts';
import { getNode, wishNode } from './handlers/nodes.ts';
import { configuration, decide, foreign, quarantined, release } from './handlers/operator.ts';
import { result } from './handlers/result.ts';
import { retryJob } from './handlers/retry-job.ts';
import { status } from './handlers/status.ts';
import { submit } from './handlers/submit.ts';
import { task } from './handlers/task.ts';
import { tasks } from './handlers/tasks.ts';
import { whoami } from './handlers/whoami.ts';
import type { RoleOf } from './openapi/index.ts';
import type { ApiOptions } from './options.ts';

/** All endpoints: for users. */
export function createUserApi(options: ApiOptions): Express {
  return baseApp(
    options,
    userRoutes(options).map((route) => guarded(route, options)),
  );
}

/** What `createUserApi` answers on; `/openapi.json` must tell of all of it. */
export function userRoutes(options: ApiOptions): Route[] {
  const { checks, clock, log, version: text } = options;
  const roles: RoleOf = (call) => roleOf(routes, call);
  const routes: Route[] = [
    {
      ...{ path: '/submit', method: 'post', handler: submit(options) },
      access: writes('create', 'submit', 'own'),
    },
    {
      ...{ path: '/submit/:id/tasks', method: 'post', handler: addTasks(options) },
      access: writes('addTasks', 'submit', 'job'),
    },
    { path: '/status/:id', method: 'get', access: reads('job'), handler: status(log) },
    ...collectionRoutes(options),
    ...jobRoutes(options),
    ...cronRoutes(options),
    ...operatorRoutes(options),
    { path: '/v1/whoami', method: 'get', access: reads('own'), handler: whoami },
    { path: '/v1/version', method: 'get', access: 'open', handler: version(text) },
    { path: '/openapi.json', method: 'get', access: 'open', handler: openapi(text, roles) },
    { path: '/docs', method: 'get', access: 'open', handler: docs(text, roles) },
    { path: '/readyz', method: 'get', access: 'open', handler: readyz(checks, clock) },
    {
      ...{ path: '/metrics', method: 'get', access: reads('cluster') },
      handler: metrics(options.metricsPage),
    },
    ...reportRoutes(options),
  ];
  return routes;
}

/** As `/openapi.json` writes methods and paths. */
function roleOf(routes: readonly Route[], { method, path }: Parameters<RoleOf>[0]) {
  const at = path.replace(/\{(\w+)\}/g, ':$1');
  const access = routes.find((route) => route.method === method && route.path === at)?.access;
  return typeof access === 'object' ? access.role : undefined;
}

type ReportOptions = Pick<ApiOptions, 'reports' | 'clock' | 'limits'>;

/** Only what tasks need: to be bound where they can reach it, while the user API is not. */
export function createReportApi(
  options: ReportOptions & Pick<ApiOptions, 'log' | 'requests'>,
): Express {
  return baseApp(options, reportRoutes(options));
}

/**
 * Only what machines watch a process by, without a token: to be bound where nobody else comes. For
 * the controller it is the only listener.
 */
export function createMetricsApi(
  options: Pick<ApiOptions, 'metricsPage' | 'checks' | 'clock' | 'log' | 'requests' | 'hosts'>,
): Express {
  const { hosts } = options;
  const known = (handler: RequestHandler): RequestHandler => {
    return (request, response, next) => {
      hosts?.check(request);
      return handler(request, response, next);
    };
  };
  return baseApp(options, [
    { path: '/metrics', method: 'get', handler: known(metrics(options.metricsPage)) },
    { path: '/readyz', method: 'get', handler: known(readyz(options.checks, options.clock)) },
    { path: '/healthz', method: 'get', handler: healthz },
  ]);
}

const NAMESPACED = '/v1/namespaces/:namespace/jobs';

function collectionRoutes(options: ApiOptions): Route[] {
  const list = listJobs(options);
  const create = (concern: Needs['concern']) => writes('create', 'submit', concern);
  return [
    { path: '/v1/jobs', method: 'post', access: create('own'), handler: createJob(options) },
    { path: '/v1/jobs', method: 'get', access: reads('own'), handler: list },
    {
      ...{ path: NAMESPACED, method: 'post', handler: createNamedJob(options) },
      access: create('namespace'),
    },
    { path: NAMESPACED, method: 'get', access: reads('namespace'), handler: list },
    { path: '/v1/callbacks', method: 'get', access: reads('own'), handler: listCallbacks },
    {
      ...{ path: `${NAMESPACED}/:name`, method: 'put', handler: putJob(options) },
      access: writes('apply', 'edit', 'namespace'),
    },
  ];
}

/** What can be done with one job, under its uid and under its name. */
function jobRoutes(options: ApiOptions): Route[] {
  return [
    ...oneJobRoutes('/v1/jobs/:id', 'job', options),
    ...oneJobRoutes(`${NAMESPACED}/:name`, 'namespace', options),
  ];
}

function oneJobRoutes(job: string, concern: Needs['concern'], options: ApiOptions): Route[] {
  const read = (path: string, handler: Handler): Route => {
    return { path: job + path, method: 'get', access: reads(concern), handler };
  };
  return [
    read('', getJob),
    {
      ...{ path: job, method: 'delete', handler: deleteJob },
      access: writes('delete', 'edit', concern),
    },
    read('/tasks', tasks),
    read('/tasks/:task', task),
    read('/callback', callback),
    read('/events', events(options)),
    read('/logs', logs(options)),
    {
      path: `${job}/retry`,
      method: 'post',
      access: writes('retry', 'edit', concern),
      handler: retryJob(options),
    },
    ...verbs.map(([verb, role, act]): Route => {
      const access = writes(verb, role, concern);
      return { path: `${job}/${verb}`, method: 'post', access, handler: actOnJob(act) };
    }),
  ];
}

type Verb = [verb: string, role: Needs['role'], act: Parameters<typeof actOnJob>[0]];

const verbs: readonly Verb[] = [
  ['cancel', 'submit', ({ jobs }, uid) => jobs.cancelJob(uid)],
  ['suspend', 'edit', ({ jobs }, uid) => jobs.suspendJob(uid, true)],
  ['resume', 'edit', ({ jobs }, uid) => jobs.suspendJob(uid, false)],
  ['redeliver', 'edit', ({ jobs }, uid) => jobs.redeliver(uid)],
];

const CRON_JOBS = '/v1/namespaces/:namespace/cronjobs';

function cronRoutes(options: ApiOptions): Route[] {
  const list = listCrons(options);
  const cron = `${CRON_JOBS}/:name`;
  const seen = reads('namespace');
  const edits = (verb: string) => writes(verb, 'edit', 'namespace');
  const verb = (name: string, handler: Handler, access = edits(name)): Route => {
    return { path: `${cron}/${name}`, method: 'post', access, handler };
  };
  return [
    { path: '/v1/cronjobs', method: 'get', access: reads('own'), handler: list },
    { path: CRON_JOBS, method: 'get', access: seen, handler: list },
    { path: CRON_JOBS, method: 'post', access: edits('create'), handler: createCron(options) },
    { path: cron, method: 'get', access: seen, handler: getCron(options) },
    { path: cron, method: 'put', access: edits('apply'), handler: putCron(options) },
    { path: cron, method: 'delete', access: edits('delete'), handler: deleteCron },
    { path: `${cron}/events`, method: 'get', access: seen, handler: cronEvents },
    verb('suspend', suspendCron(options, true)),
    verb('resume', suspendCron(options, false)),
    verb('trigger', triggerCron(options), writes('trigger', 'submit', 'namespace')),
  ];
}

function operatorRoutes(options: ApiOptions): Route[] {
  const { operator, clock } = options;
  const admin = reads('cluster', 'admin');
  const decision = (name: ForeignDecision): Route => {
    const access = writes(name, 'admin', 'cluster');
    const handler = decide(operator, name);
    return { path: `/v1/foreign/:id/${name}`, method: 'post', access, handler };
  };
  const wish = (verb: string, wanted: NodeWish['wish']): Route => {
    const access = writes(verb, 'admin', 'cluster');
    const handler = wishNode(operator, clock, wanted);
    return { path: `/v1/nodes/:node/${verb}`, method: 'post', access, handler };
  };
  return [
    {
      ...{ path: '/v1/configuration', method: 'get', handler: configuration(options) },
      access: admin,
    },
    { path: '/v1/quarantine', method: 'get', access: admin, handler: quarantined(operator) },
    {
      ...{ path: '/v1/jobs/:id/release', method: 'post', handler: release(operator) },
      access: writes('release', 'admin', 'job'),
    },
    { path: '/v1/cluster', method: 'get', access: reads('own'), handler: cluster(operator) },
    {
      path: '/v1/nodes/:node',
      method: 'get',
      access: reads('cluster'),
      handler: getNode(operator),
    },
    wish('drain', 'drain'),
    wish('undrain', 'active'),
    { path: '/v1/foreign', method: 'get', access: admin, handler: foreign(operator) },
    decision('purge'),
    decision('adopt'),
  ];
}

function reportRoutes(options: ReportOptions): OpenRoute[] {
  return [
    { path: '/result/:id', method: 'post', access: 'attempt', handler: result(options) },
    { path: '/healthz', method: 'get', access: 'open', handler: healthz },
  ];
}
