import {
  attemptKey,
  attemptOfLabels,
  type Report,
  type ReportRefusal,
} from '../../internal/apis/index.ts';
import type { Fence, LeaseRecord, Submission } from '../../internal/store/index.ts';
import type { CreatedService, ObservedTask, ServiceSpec } from '../../internal/swarm/index.ts';
import type { Containers } from './containers.ts';
import type { Call, Outcome } from './effects.ts';
import { LeaseAudit } from './lease-audit.ts';
import { type JobEntry, type Ledger, remove, runAgain, suspend } from './ledger.ts';
import { PlacementAudit } from './placement-audit.ts';
import { type AuditOptions, StoreAudit } from './store-audit.ts';
import type { Violations } from './violation.ts';

/** Writes that carry a fence, and where among their arguments. */
const FENCED = new Set([
  ...['claimTasks', 'advanceAttempt', 'recordVerdict', 'storeOutput', 'settleAttempt'],
  ...['completeJob', 'startJob', 'endJob', 'pinImage', 'noteByTag', 'expireJob', 'recordDelivery'],
  'noteForeign',
]);

/**
 * Watches every side effect as it happens, keeps the books of what the store accepted, and says what
 * no correct controller would have done.
 */
export class Monitor {
  readonly ledger: Ledger;
  /** Name of the process that has the lease, as far as the store says. */
  leader = '';
  /** When a process last asked what the swarm's tasks do, in ms. */
  lookedAt = 0;
  #token = 0;
  readonly #violations: Violations;
  readonly #timeline: AuditOptions['timeline'];
  readonly #containers: Containers;
  readonly #truth: AuditOptions['truth'];
  readonly #lease: LeaseAudit;
  readonly #audit: StoreAudit;
  readonly #placement: PlacementAudit;
  /** Ids of services by name. */
  readonly #named = new Map<string, string>();

  constructor(options: AuditOptions, ledger: Ledger) {
    this.ledger = ledger;
    const { violations, timeline, containers, truth } = options;
    this.#truth = truth;
    this.#violations = violations;
    this.#timeline = timeline;
    this.#containers = containers;
    this.#lease = new LeaseAudit(violations);
    this.#audit = new StoreAudit(options, this.ledger);
    this.#placement = new PlacementAudit(timeline, violations, this.ledger);
  }

  /** A call is being made. */
  onIssue = (call: Call): void => {
    const { method, args, process, port } = call;
    this.#lease.onIssue(call, this.leader);
    if (method === 'listTasks') this.lookedAt = this.#timeline.now;
    if (process.name !== this.leader) return;
    if (method === 'loadJob' || method === 'recordVerdict') this.#onPlan(call);
    if (port !== 'engine' || method !== 'createService') return;
    const id = attemptOfLabels((args[0] as ServiceSpec).Labels);
    const record = id && this.ledger.currentRecord(id.jobUid, id.index, id.attempt);
    const fine = record !== undefined && record.verdict === undefined;
    this.#check(fine, '2: a task whose verdict is stored never starts again', () =>
      id === undefined ? 'a service without an attempt' : `a service for ${attemptKey(id)}`,
    );
  };

  /** A call has taken effect. */
  onEffect = (call: Call, outcome: Outcome): void => {
    if (!outcome.ok) return;
    const { method, port, args } = call;
    this.#lease.onEffect(call, outcome);
    if (FENCED.has(method)) this.#checkFence(call, args[0] as Fence);
    if (method === 'listTasks' && call.process.name === this.leader) {
      this.#placement.onLook(call, outcome.value as ObservedTask[]);
    }
    if (port === 'engine') this.#onEngine(method, args, outcome.value);
    else if (port === 'lease') this.#onLease(method, args, outcome.value);
    else if (port === 'api') this.#onApi(method, args, outcome.value);
    else if (port === 'outbox' && method === 'recordDelivery') {
      if ((args[2] as { kind: string }).kind !== 'retry') this.#job(args[1]).called = true;
    } else if (port === 'store') this.#audit.onWrite(call, outcome.value);
  };

  /** Waits count from the time of the plan that has them: from when the job was read for it. */
  #onPlan({ method, args, at }: Call): void {
    if (method === 'loadJob') {
      const job = this.ledger.jobs.get(String(args[0]));
      if (job !== undefined) job.readAt = Math.floor(at);
      return;
    }
    const { readAt = at } = this.#job(args[1]);
    this.ledger.task(String(args[1]), Number(args[2])).plannedAt = readAt;
  }

  #onEngine(method: string, [first]: readonly unknown[], value: unknown): void {
    if (method === 'listNodes') {
      this.#truth.nodesListed(this.#timeline.now);
    } else if (method === 'createService') {
      this.#onCreated(first as ServiceSpec, value as CreatedService);
    } else if (method === 'removeService') {
      const serviceId = this.#named.get(String(first)) ?? String(first);
      this.#containers.isRemoved(serviceId);
      const id = this.ledger.services.get(serviceId);
      if (id === undefined) return;
      const record = this.ledger.currentRecord(id.jobUid, id.index, id.attempt);
      const judged = record === undefined || record.verdict !== undefined;
      const invariant = '3: no service is removed before its verdict is stored';
      this.#check(judged, invariant, () => attemptKey(id));
      this.ledger.services.delete(serviceId);
    }
  }

  #onCreated({ Name, Labels }: ServiceSpec, { id: serviceId }: CreatedService): void {
    const id = attemptOfLabels(Labels);
    if (id === undefined) return;
    this.ledger.services.set(serviceId, id);
    this.#named.set(Name, serviceId);
    this.#truth.isMadeAnew(id);
    const record = this.ledger.currentRecord(id.jobUid, id.index, id.attempt);
    if (record === undefined || record.verdict !== undefined) this.#containers.isStray(serviceId);
  }

  #onLease(method: string, args: readonly unknown[], value: unknown): void {
    if (method !== 'acquireLease' || value === undefined) return;
    const { token } = value as Fence;
    const seen = args[1] as LeaseRecord;
    this.#check(
      token > this.#token,
      'the fencing token grows',
      () => `${token} after ${seen.token}`,
    );
    this.#token = token;
    this.leader = String(args[0]);
  }

  #checkFence({ kind, process }: Call, { token }: Fence): void {
    this.#check(
      token === this.#token,
      'every accepted write carries the newest fence',
      () => `${kind} of ${process.name} was accepted with ${token}, the newest is ${this.#token}`,
    );
  }

  #onApi(method: string, args: readonly unknown[], value: unknown): void {
    if (method === 'submitJob') {
      const { tasks, spec } = args[0] as Submission;
      this.ledger.accept(String(value), tasks.length, spec.callback !== undefined);
    } else if (method === 'addTasks') {
      const job = this.#job(args[0]);
      this.#check(!job.finished, 'a finished job takes no tasks', () => job.uid);
      job.total += (args[1] as unknown[]).length;
    } else if (method === 'cancelJob') {
      this.#job(args[0]).ending = true;
    } else if (method === 'deleteJob') remove(this.#job(args[0]));
    else if (method === 'retryFailed') {
      const job = this.#job(args[0]);
      this.#check(job.finished, 'only a finished job is retried', () => job.uid);
      runAgain(job, args[2] as readonly number[] | undefined);
    } else if (method === 'redeliver') this.#job(args[0]).called = false;
    else if (method === 'suspendJob') {
      suspend(this.#job(args[0]), args[1] === true, this.#timeline.now);
    } else if (method === 'storeReport') this.#onReport(args[0] as Report);
    else if (method === 'refuseReport') {
      this.ledger.refusals.add(attemptKey((args[0] as ReportRefusal).id));
    }
  }

  #onReport(report: Report): void {
    const { id } = report;
    const earlier = this.ledger.reports.get(attemptKey(id));
    if (earlier?.digest === report.digest) return;
    const record = this.ledger.currentRecord(id.jobUid, id.index, id.attempt);
    const fine = earlier === undefined && record !== undefined && record.verdict === undefined;
    this.#check(fine, 'reports of superseded or judged attempts are refused', () => attemptKey(id));
    this.ledger.reports.set(attemptKey(id), report);
  }

  #job(uid: unknown): JobEntry {
    return this.ledger.job(String(uid));
  }

  #check(holds: boolean, invariant: string, message: () => string): void {
    this.#violations.check(holds, invariant, message);
  }
}
