import {
  type AttemptId,
  type AttemptRecord,
  attemptKey,
  attemptLabels,
  type Job,
  type JobSpec,
  logReason,
  maskOutput,
  type Output,
  type Owner,
  type OwnLogDriver,
  partialOutput,
  type Reason,
  type Resources,
  referencesOf,
  reportPath,
  reportSecret,
  STOPPED,
  serviceName,
  type TaskSpec,
  unavailableOutput,
  type Verdict,
  withoutSecret,
} from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import type { AttemptAction, OutputSource, TimeNote } from '../planner/index.ts';
import { avoidedNodes, graceSeconds, settlementOf, troublesome } from '../planner/index.ts';
import { judgeTask, type PolicySource } from '../policy/index.ts';
import type { ControllerStore } from '../store/index.ts';
import {
  type Engine,
  EngineError,
  isActive,
  lackOfFollowed,
  type ServiceSpec,
  serviceSpec,
  suits,
} from '../swarm/index.ts';
import type { AttemptStep } from './attempt-step.ts';
import type { Term } from './elector.ts';
import type { FaultyNodes } from './faulty-nodes.ts';
import type { JobImages } from './job-images.ts';
import { bytesOf, LastOutputs, lacksItsEnd } from './last-output.ts';
import type { OwnParts } from './own-parts.ts';
import type { ControllerTraces, TracedJob } from './traces.ts';

/** What the tasks of this installation have in common. */
export interface TaskSettings {
  owner: Owner;
  reportKey: Buffer;
  /** Base URL under which tasks reach the report endpoint; without it they are not told of it. */
  reportBaseUrl?: string;
  /** Network that every task is attached to. */
  network?: string;
  /** Where the output of tasks is kept whose job does not say; `json-file` by default. */
  logDriver?: OwnLogDriver;
}

/** What the steps tell of what they did, for the observer. */
export interface StepListener {
  created(id: AttemptId, serviceId: string): void;
  /** A creation was not answered: it may take effect, now or later. */
  unanswered(id: AttemptId): void;
  /** The service is about to be removed, and its log with it. Waited for; must not reject. */
  removing(id: AttemptId, record: AttemptRecord): void | Promise<void>;
  /** The removal has returned. The container may run on. */
  removed(id: AttemptId): void;
  settled(id: AttemptId, record: AttemptRecord, job: StepJob): void;
  /** True once the log must be given up: the engine answers, but not for this log. */
  logFailed(id: AttemptId): boolean;
}

interface StepOptions {
  store: ControllerStore;
  engine: Engine;
  images: Pick<JobImages, 'prepare' | 'explain'>;
  /** What of the swarm is no job's. */
  own: Pick<OwnParts, 'names'>;
  settings: TaskSettings;
  /** Judges every attempt once more: a spec may be older than the policy. */
  policy: PolicySource;
  listener: StepListener;
  faultyNodes: Pick<FaultyNodes, 'some' | 'admit'>;
  traces: Pick<ControllerTraces, 'traceparent'>;
  term: Term;
  clock: Clock;
}

/** What a step needs of its job. */
export type StepJob = Pick<Job, 'spec'> & {
  metadata: Pick<Job['metadata'], 'namespace'> & TracedJob;
  status: Pick<Job['status'], 'image'>;
};

/** How long a verdict waits for its log, to be written with it, in ms. */
const LOG_PATIENCE_MS = 250;

/** The lease could have run out: nothing more is started until it is renewed. */
class LeaseUncertain extends Error {
  constructor() {
    super('the lease could have run out: nothing is started until it is renewed');
    this.name = 'LeaseUncertain';
  }
}

/** Carries out the steps of one attempt. Each records what it did before the next begins. */
export class AttemptSteps {
  readonly #options: StepOptions;
  readonly #last: LastOutputs;

  constructor(options: StepOptions) {
    const { engine, clock, term } = options;
    this.#options = options;
    this.#last = new LastOutputs({ engine, clock, signal: term.signal });
  }

  /** @returns the attempt's record after the step. */
  run(
    id: AttemptId,
    job: StepJob,
    record: AttemptRecord,
    action: AttemptStep,
  ): Promise<AttemptRecord> {
    const { spec } = job;
    this.#requireLease();
    switch (action.type) {
      case 'CreateService':
        return this.#create(id, job, record, action);
      case 'NoteTime':
        return this.#note(id, record, action.note);
      case 'AskRegistry':
        return this.#askRegistry(id, job, record, action.words);
      case 'RecordVerdict':
        return this.#judge(id, record, action.verdict, action.knowsReport ?? false);
      case 'RecordOutcome':
        return this.#conclude(id, spec, record, action);
      case 'StoreOutput':
        return this.#collect(id, spec, record, action.from);
      case 'RemoveService':
        return this.#remove(id, spec, record, action.lingers ?? false);
      case 'SettleAttempt':
        return this.#settle(id, job, record, action);
    }
  }

  /** Again after whatever may have taken its time. @throws LeaseUncertain */
  #requireLease(): void {
    if (!this.#options.term.mayAct()) throw new LeaseUncertain();
  }

  async #create(
    id: AttemptId,
    job: StepJob,
    record: AttemptRecord,
    { task: known, excluded: full = [] }: Extract<AttemptAction, { type: 'CreateService' }>,
  ): Promise<AttemptRecord> {
    const { store, engine, images, own, policy, listener, term } = this.#options;
    const { spec, metadata } = job;
    const reportsDecide = spec.completionPolicy !== 'exit';
    const task = known ?? (await store.readTask(id.jobUid, id.index));
    const parts = refersToSwarm(spec) || spec.mounts !== undefined ? await own.names() : undefined;
    const denied = judgeTask(policy, metadata.namespace, { spec, task, own: parts });
    if (denied !== undefined) return this.#judge(id, record, denial(denied), !reportsDecide);
    const image = await images.prepare(job);
    if (image.kind === 'refused') {
      return this.#judge(id, record, denial(image.message, 'RegistryDenied'), !reportsDecide);
    }
    this.#requireLease();
    const { reference = spec.image, login } = image;
    try {
      const excluded = [...full, ...(await this.#avoided(id, spec, record, full))];
      const pinned = { metadata, spec: { ...spec, image: reference } };
      const service = await this.#service(id, pinned, task, excluded);
      const { id: serviceId } = await engine.createService(service, login?.auth);
      const { timeoutSeconds } = task;
      const limit = timeoutSeconds === undefined ? {} : { timeoutSeconds };
      const own = task.resources === undefined ? {} : ownResources(task.resources);
      const to = { ...record, serviceId, ...limit, ...own };
      await store.advanceAttempt(term.fence, id.jobUid, id.index, { from: record, to });
      listener.created(id, serviceId);
      return to;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.code !== 'Unavailable') {
        return this.#judge(id, record, refusal(error), !reportsDecide);
      }
      listener.unanswered(id);
      throw error;
    }
  }

  /**
   * Nodes that fail to start tasks, and those on which the task came to nothing, unless there are no others.
   * The swarm is asked only where there are such.
   */
  async #avoided(
    id: AttemptId,
    { placement = {} }: JobSpec,
    record: AttemptRecord,
    full: readonly string[],
  ): Promise<string[]> {
    const { engine, faultyNodes } = this.#options;
    if (!faultyNodes.some && troublesome(record).length === 0) return [];
    const nodes = await engine.listNodes();
    const active = nodes.filter((node) => isActive(node) && suits(node, placement));
    const ids = active.map((node) => node.id).filter((node) => !full.includes(node));
    const faulty = faultyNodes.admit(attemptKey(id), ids);
    return [...faulty, ...avoidedNodes(record, ids, faulty)];
  }

  /** @throws EngineError `Invalid` when the job refers to what the swarm does not have. */
  async #service(
    id: AttemptId,
    { spec, metadata }: Pick<StepJob, 'spec' | 'metadata'>,
    task: TaskSpec,
    excluded: readonly string[],
  ): Promise<ServiceSpec> {
    const { engine, settings, traces } = this.#options;
    const { owner, reportKey, reportBaseUrl, network, logDriver = 'json-file' } = settings;
    const reportUrl = reportBaseUrl && reportBaseUrl + reportPath(reportKey, id);
    const traceparent = traces.traceparent(metadata, id);
    return serviceSpec({
      ...{ owner, id, job: spec, task, excluded, logDriver },
      ...(reportUrl === undefined ? {} : { reportUrl }),
      ...(network === undefined ? {} : { network }),
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(refersToSwarm(spec) ? { resolved: await engine.resolve(referencesOf(spec)) } : {}),
    });
  }

  async #askRegistry(
    id: AttemptId,
    job: StepJob,
    record: AttemptRecord,
    words: string,
  ): Promise<AttemptRecord> {
    return this.#note(id, record, { pullFailure: await this.#options.images.explain(job, words) });
  }

  async #note(
    id: AttemptId,
    record: AttemptRecord,
    note: TimeNote | Pick<AttemptRecord, 'pullFailure'>,
  ): Promise<AttemptRecord> {
    const { store, term, clock } = this.#options;
    const to = { ...record, ...note };
    // First: were it forgotten, they would wait for long although there is room.
    const gotNode = 'unplacedAt' in note && note.unplacedAt === undefined;
    if (gotNode) await store.wakeReturned(term.fence, id.jobUid, clock.now());
    await store.advanceAttempt(term.fence, id.jobUid, id.index, { from: record, to });
    return to;
  }

  async #judge(
    id: AttemptId,
    record: AttemptRecord,
    verdict: Verdict,
    knowsReport: boolean,
  ): Promise<AttemptRecord> {
    const { store, term } = this.#options;
    const to = { ...record, verdict: this.#masked(id, verdict) };
    const change = { from: record, to, knowsReport };
    await store.recordVerdict(term.fence, id.jobUid, id.index, change);
    return to;
  }

  async #collect(
    id: AttemptId,
    spec: JobSpec,
    record: AttemptRecord,
    source: OutputSource,
  ): Promise<AttemptRecord> {
    const { store, term } = this.#options;
    const { jobUid, index } = id;
    if (source.kind === 'report') {
      const to = { ...record, output: source.output };
      await store.advanceAttempt(term.fence, jobUid, index, { from: record, to });
      return to;
    }
    return this.#store(id, record, record, await this.#read(id, spec, source));
  }

  /**
   * Verdict and output in one write, where the log is at hand. One that keeps failing, or that takes long,
   * must not keep the verdict open: then that is written first.
   */
  async #conclude(
    id: AttemptId,
    spec: JobSpec,
    record: AttemptRecord,
    { verdict, knowsReport, from }: Extract<AttemptStep, { type: 'RecordOutcome' }>,
  ): Promise<AttemptRecord> {
    const reading = this.#read(id, spec, from);
    const output = await this.#atHand(reading);
    if (output !== undefined) {
      const judged = { ...record, verdict: this.#masked(id, verdict) };
      return this.#store(id, record, judged, output, knowsReport);
    }
    const judged = await this.#judge(id, record, verdict, knowsReport);
    return this.#store(id, judged, judged, await reading);
  }

  /** Undefined when it is not there within a short time. */
  #atHand(reading: Promise<Output>): Promise<Output | undefined> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(LOG_PATIENCE_MS, () => resolve(undefined));
      const end = (output: Output | undefined) => {
        cancel();
        resolve(output);
      };
      reading.then(end, () => end(undefined));
    });
  }

  async #store(
    id: AttemptId,
    from: AttemptRecord,
    judged: AttemptRecord,
    { summary, stdout, stderr }: Output,
    knowsReport = false,
  ): Promise<AttemptRecord> {
    const { store, term } = this.#options;
    const to = { ...judged, output: summary };
    const change = { from, to, stdout, stderr, knowsReport };
    await store.storeOutput(term.fence, id.jobUid, id.index, change);
    return to;
  }

  async #read(
    id: AttemptId,
    spec: JobSpec,
    source: Exclude<OutputSource, { kind: 'report' }>,
  ): Promise<Output> {
    if (source.kind === 'none') return nothing(source.reason);
    try {
      const { engine } = this.#options;
      const output = await engine.taskLogs(source.swarmTaskId, spec.outputLimitBytes);
      const masked = maskOutput(output, this.#secretOf(id));
      return source.cut === undefined ? masked : partialOutput(masked, source.cut);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.status === 404) return nothing('the log went with its service');
      if (!this.#options.listener.logFailed(id)) throw error;
      return nothing(`the engine could not read the log: ${error.message}`);
    }
  }

  /** What a task prints, and what an engine says of it, may hold the token with which it reports. */
  #secretOf(id: AttemptId): string {
    return reportSecret(this.#options.settings.reportKey, id);
  }

  #masked(id: AttemptId, verdict: Verdict): Verdict {
    if (verdict.message === undefined) return verdict;
    return { ...verdict, message: withoutSecret(verdict.message, this.#secretOf(id)) };
  }

  async #remove(
    id: AttemptId,
    spec: JobSpec,
    record: AttemptRecord,
    lingers: boolean,
  ): Promise<AttemptRecord> {
    const { store, listener, term, clock } = this.#options;
    const { outputLimitBytes: limitBytes } = spec;
    if (lingers)
      await this.#last.begin(id, record, { limitBytes, graceMs: graceSeconds(spec) * 1000 });
    await listener.removing(id, record);
    this.#requireLease();
    await this.#removeOwn(id, record);
    listener.removed(id);
    if (!lingers) return record;
    const to = { ...record, removedAt: clock.now() };
    await store.advanceAttempt(term.fence, id.jobUid, id.index, { from: record, to });
    return to;
  }

  /**
   * By its name where no id is recorded: its creation may have happened. What is somebody else's by its
   * labels is left alone.
   */
  async #removeOwn(id: AttemptId, { serviceId }: AttemptRecord): Promise<void> {
    const { engine, settings } = this.#options;
    if (serviceId !== undefined) return engine.removeService(serviceId);
    const found = await engine.findService(serviceName(id));
    const own = Object.entries(attemptLabels(settings.owner, id));
    if (found === undefined || !own.every(([key, value]) => found.labels[key] === value)) return;
    await engine.removeService(found.id);
  }

  /**
   * Of what was stopped: its output with what it wrote after SIGTERM, in the place of what was read before.
   *
   * @param hasEnded false when nobody has seen its end: then its silence tells nothing.
   */
  async #storeEnd(
    id: AttemptId,
    spec: JobSpec,
    record: AttemptRecord,
    hasEnded: boolean,
  ): Promise<AttemptRecord> {
    const last = await this.#last.end(id);
    const { output: before } = record;
    if (last === undefined || before === undefined) return record;
    const { output, encoded, isWhole } = last;
    const more = bytesOf(output.summary) - bytesOf(before);
    const isKnown = hasEnded && isWhole && bytesOf(output.summary) > 0;
    if (more < 0 || (more === 0 && !isKnown)) return record;
    const lack = lackOfFollowed(spec, this.#options.settings.logDriver ?? 'json-file', encoded);
    const doubt = lacksItsEnd(before) ? (isKnown ? lack?.reason : STOPPED) : logReason(before.log);
    const masked = maskOutput(output, this.#secretOf(id));
    const known = doubt === undefined ? masked : partialOutput(masked, doubt);
    return this.#store(id, record, record, known);
  }

  async #settle(
    id: AttemptId,
    job: StepJob,
    stored: AttemptRecord,
    action: Extract<AttemptAction, { type: 'SettleAttempt' }>,
  ): Promise<AttemptRecord> {
    const { store, term, listener } = this.#options;
    const hasEnded = action.stuck === undefined && !action.away;
    const record = await this.#storeEnd(id, job.spec, stored, hasEnded);
    this.#requireLease();
    const { verdict } = record;
    if (verdict === undefined) throw new Error(`attempt ${id.attempt} was to be settled unjudged`);
    if (action.stuck !== undefined) {
      const { index, attempt } = id;
      const event = { type: 'ContainerStuck', index, attempt, reason: 'ContainerStuck' } as const;
      await store.addEvent(id.jobUid, { ...event, message: action.stuck });
    }
    const settlement = settlementOf(action, { ...record, verdict });
    await store.settleAttempt(term.fence, id.jobUid, id.index, { from: record, settlement });
    this.#last.forget(id);
    listener.settled(id, record, job);
    return record;
  }
}

/** What of a task's own resources is needed beside its spec. */
function ownResources({ reservations = {}, limits }: Resources): Partial<AttemptRecord> {
  const ownNeeds = JSON.stringify(reservations);
  return limits?.memory === undefined ? { ownNeeds } : { ownNeeds, memoryLimit: limits.memory };
}

function refersToSwarm({ networks, secrets, configs }: JobSpec): boolean {
  return [networks, secrets, configs].some((list) => list !== undefined);
}

function nothing(reason: string): Output {
  const empty = Buffer.alloc(0);
  return { summary: unavailableOutput(reason), stdout: empty, stderr: empty };
}

/** The operator does not let this run, whoever stored it, or has no credential for it. */
function denial(message: string, reason: Reason = 'PolicyDenied'): Verdict {
  return { outcome: 'Rejected', exitStatus: null, reason, message, source: 'controller' };
}

/** The engine will never take this service: the attempt is over before it began. */
function refusal(error: EngineError): Verdict {
  return {
    outcome: 'Rejected',
    exitStatus: null,
    reason: error.code === 'NameConflict' ? 'NameConflict' : 'Rejected',
    message: error.message,
    source: 'service',
  };
}
