import type { Logger } from 'pino';
import { DEFAULT_BACKOFF } from '../../internal/callback/backoff.ts';
import { createDeliver } from '../../internal/callback/delivery.ts';
import { CallbackDispatcher } from '../../internal/callback/dispatcher.ts';
import { createSign } from '../../internal/callback/signature.ts';
import { Controller } from '../../internal/controller/index.ts';
import { Policy } from '../../internal/policy/index.ts';
import { openImages } from '../../internal/registry/index.ts';
import type { CronControllerStore, LogRelayStore, Stores } from '../../internal/store/index.ts';
import type { Engine } from '../../internal/swarm/index.ts';
import type { SimChanges } from './changes-port.ts';
import type { Effects } from './effects.ts';
import type { Receiver } from './receiver.ts';
import type { Rng } from './rng.ts';
import type { SimProcess } from './sim-process.ts';

export const INSTANCE = 'sim';
/** Where tasks report to; the path behind it is the real one. */
const REPORT_BASE_URL = 'http://swarmer.test';

/** Nobody follows logs here: they decide nothing, and would only make runs longer. */
const NO_WANTS: LogRelayStore = {
  wantedLogs: async () => [],
  appendLog: unwanted,
  wakeLogReaders: unwanted,
  trimLog: unwanted,
  answerLog: unwanted,
};

/** Cron jobs have tests of their own, in `test/cron`. */
const NO_CRON_JOBS: CronControllerStore = {
  cronWork: async () => ({ due: [], removed: [] }),
  loadCronJob: async () => undefined,
  fireCronJob: unwanted,
  scheduleCronJob: unwanted,
  forgetCronJob: unwanted,
};

function unwanted(): Promise<never> {
  return Promise.reject(new Error('something was done that nobody wants'));
}

/** What controllers are made with. */
export interface ControllerWorld {
  effects: Effects;
  stores: Stores;
  changes: SimChanges;
  receiver: Receiver;
  engineOf: (process: SimProcess) => Engine;
  maxConcurrent: number;
  rng: Rng;
  log: Logger;
}

/** Runs the real controller, with the real callback dispatcher, as a simulated process. */
export function runController(process: SimProcess, world: ControllerWorld): Promise<void> {
  const { effects, stores, log, maxConcurrent } = world;
  const engine = world.engineOf(process);
  const controller = new Controller({
    store: effects.wrap(process, 'store', stores.controller),
    lease: effects.wrap(process, 'lease', stores.lease),
    changes: world.changes.of(process),
    logs: NO_WANTS,
    crons: NO_CRON_JOBS,
    wishes: stores.jobs,
    policy: new Policy(),
    engine,
    callbacks: dispatcher(process, world),
    images: openImages(
      {},
      { ask: (image) => engine.askRegistry(image), clock: process.clock, log },
    ),
    clock: process.clock,
    log,
    holder: process.name,
    instance: INSTANCE,
    maxConcurrentTasks: maxConcurrent,
    reportBaseUrl: REPORT_BASE_URL,
  });
  return controller.run(process.stop.signal);
}

function dispatcher(process: SimProcess, world: ControllerWorld): CallbackDispatcher {
  const { effects, stores, receiver, rng, log } = world;
  const { clock } = process;
  const deliver = createDeliver({
    jobs: effects.wrap(process, 'jobs', stores.jobs),
    send: receiver.sender(process, effects),
    sign: createSign(['secret']),
    clock,
    version: '0',
  });
  return new CallbackDispatcher({
    outbox: effects.wrap(process, 'outbox', stores.outbox),
    deliver,
    clock,
    log,
    random: () => rng.next(),
    backoff: DEFAULT_BACKOFF,
    limits: { concurrency: 16, perHost: 4 },
    graceMs: 5000,
  });
}
