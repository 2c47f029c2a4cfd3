import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import type { DirectoryApplier } from '../applydir/index.ts';
import { createCallbackDispatcher } from '../callback/index.ts';
import type { Clock } from '../clock/clock.ts';
import { allSettings, type Settings } from '../config/index.ts';
import { Controller } from '../controller/index.ts';
import {
  type Configuration,
  createMetricsApi,
  createReportApi,
  createUserApi,
  KnownHosts,
  type Listening,
  listen,
  type OperatorFile,
  type ReadinessCheck,
  splitByAddress,
} from '../httpapi/index.ts';
import { ServerMetrics } from '../metrics/index.ts';
import type { Engine } from '../swarm/index.ts';
import type { Traces } from '../tracing/index.ts';
import { type AccessControl, openAccessControl } from './access-control.ts';
import {
  apiHost,
  checkPorts,
  isLoopback,
  localInterfaces,
  reportBaseUrl,
  reportListener,
  sparingOwnMachine,
} from './addresses.ts';
import { checkApplyDir, openApplier } from './apply-directory.ts';
import { PolicyAgreement } from './policy-agreement.ts';
import { PolicyKeeper } from './policy-keeper.ts';
import { openRedis, type RedisHandles } from './redis-handles.ts';
import { checkBasicAuth, checkCredentials, credentialFiles, jobImages } from './registry-images.ts';
import { checkReportAddress } from './report-address.ts';
import { whileSchemaFits } from './schema-guard.ts';
import { awaitManager, checkManager, openEngine } from './swarm-engine.ts';
import { openTracing } from './tracing.ts';

/** Which parts this process runs. */
export type Role = 'serve' | 'api' | 'controller';

export interface ServerOptions {
  role: Role;
  settings: Settings;
  clock: Clock;
  log: Logger;
  /** Version of Swarmer, shown to receivers of callbacks. */
  version: string;
  /** Has a listener told whenever somebody asks this process to read its files again. */
  onReload?(listener: () => void): void;
}

interface Parts {
  metrics: ServerMetrics;
  traces: Traces;
  policy: PolicyKeeper;
  access: AccessControl;
  agreement: PolicyAgreement;
}

/** One process of Swarmer: the API, the controller, or both. */
export class Server {
  readonly #options: ServerOptions;
  readonly #redis: RedisHandles;
  readonly #policy: PolicyKeeper;
  readonly #engine: Engine;
  readonly #metrics: ServerMetrics;
  readonly #access: AccessControl;
  readonly #agreement: PolicyAgreement;
  readonly #applier: DirectoryApplier | undefined;
  readonly #traces: Traces;
  readonly #listening: Listening[] = [];
  /** What goes on beside all else; ends with the process, and never rejects. */
  readonly #beside: Promise<void>[] = [];
  #monitor: Listening | undefined;

  private constructor(
    options: ServerOptions,
    redis: RedisHandles,
    { metrics, traces, policy, access, agreement }: Parts,
  ) {
    this.#options = options;
    this.#redis = redis;
    this.#policy = policy;
    this.#metrics = metrics;
    this.#access = access;
    this.#agreement = agreement;
    this.#traces = traces;
    this.#engine = openEngine(options.settings, options.clock, (engine) => metrics.metered(engine));
    const { role, settings } = options;
    if (role !== 'controller') {
      const sparing = sparingOwnMachine(policy, options.clock);
      this.#applier = openApplier(settings, redis.stores, { ...options, policy: sparing });
    }
    metrics.configuration.watch(() => this.#configuration());
    const memory = () => redis.watch.memory;
    metrics.redis.watch({ connected: () => redis.connected(), memory });
  }

  /**
   * Runs until `signal` aborts, then ends in order: no more requests, what is under way is finished.
   * @throws Error whose message is for the operator when a part cannot be started; SettingsError when
   *   the settings cannot be used on this machine.
   */
  static async run(options: ServerOptions, signal: AbortSignal): Promise<void> {
    const { settings, clock, log } = options;
    const { role } = options;
    const [policy, access] = await allSettings(
      () => PolicyKeeper.open(settings, { clock, log }),
      () => openAccessControl(options),
      () => (role === 'api' ? undefined : checkCredentials(settings, log)),
      () => (role === 'controller' ? undefined : checkApplyDir(settings)),
      () => (role === 'controller' ? undefined : checkPorts(settings)),
    );
    const metrics = new ServerMetrics(options);
    const { traces, close } = await openTracing(settings, options);
    const redis = await openRedis(settings, clock, log, metrics.redis);
    const over = new AbortController();
    const holders = redis.stores.policies;
    const agreement = new PolicyAgreement({ ...options, policy, holders });
    options.onReload?.(() => {
      log.info('reading files again, as SIGHUP asks for');
      Promise.all([policy.reload(), access.reload()]).catch((err) => {
        log.error({ err }, 'files cannot be read again');
      });
    });
    const parts = [redis.hub, redis.watch, policy, access, agreement];
    const waiting = Promise.all(parts.map((part) => part.run(over.signal)));
    try {
      await redis.watch.start();
      const { schema } = redis.stores;
      await whileSchemaFits(schema, { clock, log, signal }, (until) =>
        new Server(options, redis, { metrics, traces, policy, access, agreement }).#run(until),
      );
    } finally {
      over.abort();
      await waiting;
      await redis.close();
      await close();
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { role, settings } = this.#options;
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    let applying: Promise<void> | undefined;
    try {
      await this.#serveMetrics();
      const port = role === 'controller' ? settings.port : await this.#serveUsers();
      applying = this.#applier?.run(until);
      if (role === 'api') await this.#serveReports(port, '', until);
      else await this.#control(port, signal, until);
      await aborted(signal);
    } finally {
      over.abort();
      await Promise.all([
        applying,
        ...this.#beside,
        ...this.#listening.map((it) => it.close(settings.shutdownGraceMs)),
      ]);
      await this.#monitor?.close(0);
    }
  }

  async #serveMetrics(): Promise<void> {
    const { settings, clock, log } = this.#options;
    const { metricsPort: port, metricsHost: host } = settings;
    if (port === undefined) return;
    const { page: metricsPage, requests } = this.#metrics;
    const hosts = isLoopback(host) ? new KnownHosts(host, settings.allowedHosts) : undefined;
    const checks = this.#checks();
    const api = createMetricsApi({ metricsPage, requests, checks, hosts, clock, log });
    const message = 'metrics are served';
    const { reportOnly = [] } = settings;
    const app = splitByAddress({ users: api, reports: this.#reportApi(), reportOnly });
    this.#monitor = await listen(app, { host, port, clock, log, message });
  }

  /** @returns the port. */
  async #serveUsers(): Promise<number> {
    const { settings, clock, log, version } = this.#options;
    const api = createUserApi({
      jobs: this.#redis.stores.jobs,
      reports: this.#redis.stores.jobs,
      applier: this.#redis.stores.jobs,
      catalog: this.#redis.stores.catalog,
      crons: this.#redis.stores.crons,
      changes: this.#redis.changeLog,
      version,
      operator: this.#redis.stores.operator,
      logs: this.#redis.logs,
      checks: this.#checks(),
      configuration: () => this.#configuration(),
      requests: this.#metrics.requests,
      metricsPage: this.#metrics.page,
      traces: this.#traces,
      ...this.#access.api,
      policy: sparingOwnMachine(this.#policy, clock),
      outputLimitBytes: settings.outputLimitBytes,
      submitCompletionPolicy: settings.submitCompletionPolicy,
      clock,
      log,
    });
    const { reportOnly = [] } = settings;
    const app = splitByAddress({ users: api, reports: this.#reportApi(), reportOnly });
    const address = { host: apiHost(settings), port: settings.port };
    const listening = await listen(app, { ...address, clock, log });
    this.#listening.push(listening);
    return listening.address.port;
  }

  #reportApi() {
    const { clock, log } = this.#options;
    const { requests } = this.#metrics;
    const { limits } = this.#access.api;
    return createReportApi({ reports: this.#redis.stores.jobs, requests, limits, clock, log });
  }

  /** @returns the base URL under which tasks report. */
  async #serveReports(
    port: number,
    nodeAddress: string,
    until: AbortSignal,
  ): Promise<string | undefined> {
    const { role, settings, clock, log } = this.#options;
    const interfaces = localInterfaces();
    const baseUrl = reportBaseUrl(settings, port, nodeAddress, interfaces);
    const user = this.#listening[0]?.address;
    const address = user && reportListener(user, baseUrl, interfaces);
    if (address !== undefined) {
      this.#listening.push(await listen(this.#reportApi(), { ...address, clock, log }));
    }
    const checking = { role, settings, clock, log, signal: until };
    this.#beside.push(checkReportAddress(baseUrl, checking));
    return baseUrl;
  }

  async #control(port: number, signal: AbortSignal, until: AbortSignal): Promise<void> {
    const { settings, clock, log, version } = this.#options;
    const { stores, changes } = this.#redis;
    const info = await awaitManager(this.#engine, settings, { clock, log, signal });
    if (info === undefined) return;
    const baseUrl = await this.#serveReports(port, info.nodeAddress, until);
    const callbacks = createCallbackDispatcher({
      ...{ outbox: stores.outbox, jobs: stores.jobs, clock, log, version },
      policy: sparingOwnMachine(this.#policy, clock, [info.nodeAddress]),
      secrets: settings.callbackSecrets,
      metrics: this.#metrics.callbacks,
      traces: this.#traces,
    });
    const controller = new Controller({
      ...{ store: stores.controller, lease: stores.lease, changes, callbacks, clock, log },
      logs: stores.relay,
      metrics: this.#metrics.control,
      traces: this.#traces,
      policy: this.#policy,
      crons: stores.crons,
      wishes: stores.jobs,
      engine: this.#engine,
      images: jobImages(settings, this.#engine, { clock, log }),
      prepare: ({ fence }) =>
        stores.schema.migrate(fence, (schema) => log.info({ schema }, 'the store was migrated')),
      holder: `${hostname()}/${process.pid}/${ulid()}`,
      leaseMs: settings.leaseMs,
      instance: settings.instance,
      maxConcurrentTasks: settings.maxConcurrentTasks,
      namespaceWeights: settings.namespaceWeights,
      ...(baseUrl === undefined ? {} : { reportBaseUrl: baseUrl }),
      ...(settings.network === undefined ? {} : { network: settings.network }),
      logDriver: settings.logDriver,
      stack: settings.stack,
    });
    this.#metrics.control.watch(() => controller.state);
    this.#metrics.backlog.watch({ reader: stores.backlog, shown: () => controller.leading });
    const trying = checkBasicAuth(settings, this.#engine, { clock, log, signal });
    await Promise.all([controller.run(signal), trying]);
  }

  #checks() {
    const { role, settings } = this.#options;
    const redis = [
      { name: 'redis', check: () => this.#redis.check() },
      { name: 'redis-memory', advisory: true, quiet: true, check: () => this.#checkMemory() },
      ...this.#configuration().files.map(fileCheck),
      this.#agreement.check,
    ];
    if (role === 'api') return redis;
    const engine = {
      name: 'engine',
      check: async () => {
        await checkManager(this.#engine, settings);
      },
    };
    return [...redis, engine];
  }

  #configuration(): Configuration {
    const { role, settings, log } = this.#options;
    const applier = this.#applier;
    const files = [
      ...[...this.#policy.files, ...this.#access.files],
      ...(role === 'api' ? [] : credentialFiles(settings, log)),
      ...(applier === undefined ? [] : [{ name: 'apply-dir', problems: () => applier.problems }]),
    ];
    const policies = () => this.#agreement.holders;
    return { files, policyHash: this.#policy.hash, policies };
  }

  async #checkMemory(): Promise<void> {
    const { full } = this.#redis.watch;
    if (full !== undefined) throw new Error(full);
  }
}

/** What a file says is for the operator: whoever asks learns only that something is wrong with it. */
function fileCheck({ name, problems }: OperatorFile): ReadinessCheck {
  return {
    ...{ name, advisory: true },
    async check() {
      if ((await problems()).length === 0) return;
      throw new Error(
        'it is faulty, and what was right before stays in force: the log and GET /v1/configuration have what is wrong',
      );
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
