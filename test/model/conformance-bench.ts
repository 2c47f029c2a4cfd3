import type { Evidence, JobSpec, ReferenceKind } from '../../internal/apis/index.ts';
import {
  classifyAttempt,
  type Engine,
  type ObservedTask,
  type ResolvedReferences,
  serviceSpec,
} from '../../internal/swarm/index.ts';
import { waitFor } from '../lab/wait.ts';
import type { NodeTrouble } from './node-trouble.ts';
import type { Program } from './programs.ts';
import type { ModelSpec } from './raw.ts';

/** An engine under test, and what a test does to its swarm beside it. */
export interface Subject {
  /** Of the installation {@link INSTANCE}. */
  engine: Engine;
  /** Of another installation on the same swarm. */
  stranger: Engine;
  /** One that all nodes have. */
  image: string;
  /** Ends the process of a task with SIGKILL, past swarm. */
  kill(task: ObservedTask): Promise<void>;
  setAvailability(nodeId: string, availability: 'active' | 'drain'): Promise<void>;
  /** What tasks may reserve on the node. */
  memoryBytes: number;
  /** Removes the container of a task by force, past swarm. */
  removeContainer(task: ObservedTask): Promise<void>;
  /** Keeps the node from starting anything, until what is returned mends it. */
  breakNode(trouble: NodeTrouble): Promise<() => Promise<void>>;
  /** Keeps signals from the container of a task, until what is returned lets them through. */
  holdContainer(task: ObservedTask): Promise<() => Promise<void>>;
  /** The node leaves its swarm and makes another one. */
  renew(): Promise<void>;
  /** Makes a network, a secret or a config. */
  addNamed(kind: ReferenceKind, name: string): Promise<void>;
  close(): Promise<void>;
}

export const INSTANCE = 'conformance';
export const STRANGER = 'conformance-stranger';
const JOB_UID = '01JGFJJZ000000000000000000';
const OWNER = { instance: INSTANCE, storeId: '01STORE' };
const OUTCOMES: readonly Evidence['kind'][] = ['ended', 'rejected', 'lost'];

interface SpecOptions {
  image?: string;
  constraints?: string[];
  /** Of the job. */
  template?: Partial<JobSpec>;
  resolved?: ResolvedReferences;
}

/** Makes services on a subject, follows their tasks, and removes them at the end. */
export class Bench {
  readonly subject: Subject;
  readonly #created = new Set<string>();
  #nextIndex = 0;

  constructor(subject: Subject) {
    this.subject = subject;
  }

  /** A spec of an attempt that there was not before. */
  spec({ command }: Program, options: SpecOptions = {}): ModelSpec {
    const { image = this.subject.image, constraints = [], template, resolved } = options;
    const spec = serviceSpec({
      owner: OWNER,
      id: { jobUid: JOB_UID, index: this.#nextIndex++, attempt: 1 },
      job: { image, command, backoffLimit: 0, lossLimit: 10, outputLimitBytes: 1000, ...template },
      task: { name: 'task', args: [] },
      ...(resolved === undefined ? {} : { resolved }),
    });
    const Placement = { Constraints: constraints };
    return { ...spec, TaskTemplate: { ...spec.TaskTemplate, Placement } };
  }

  async create(spec: ModelSpec): Promise<string> {
    const { id } = await this.subject.engine.createService(spec);
    this.#created.add(id);
    return id;
  }

  start(program: Program, options?: SpecOptions): Promise<string> {
    return this.create(this.spec(program, options));
  }

  async task(serviceId: string): Promise<ObservedTask | undefined> {
    const tasks = await this.subject.engine.listTasks();
    return tasks.find((task) => task.serviceId === serviceId);
  }

  /** Awaits that the service's task is as wanted. */
  taskThat(
    serviceId: string,
    what: string,
    isSo: (task: ObservedTask) => boolean,
  ): Promise<ObservedTask> {
    const look = async () => {
      const task = await this.task(serviceId);
      return task !== undefined && isSo(task) && task;
    };
    return this.eventually(`the task of service ${serviceId} ${what}`, look);
  }

  running(serviceId: string): Promise<ObservedTask> {
    return this.taskThat(serviceId, 'to run', ({ state }) => state === 'running');
  }

  /** Awaits an outcome, and returns what the product makes of it. */
  async outcome(serviceId: string): Promise<Evidence> {
    const kind = (task: ObservedTask) => classifyAttempt([task], new Map()).kind;
    const isOver = (task: ObservedTask) => OUTCOMES.includes(kind(task));
    const task = await this.taskThat(serviceId, 'to have an outcome', isOver);
    return classifyAttempt([task], new Map());
  }

  /** Runs a program to its outcome. */
  async run(program: Program, options?: SpecOptions) {
    const serviceId = await this.start(program, options);
    const evidence = await this.outcome(serviceId);
    const taskId = 'trace' in evidence ? evidence.trace.swarmTaskId : '';
    return { serviceId, taskId, evidence };
  }

  /** Awaits that a service's task is in no list any more. */
  async taskGone(serviceId: string): Promise<void> {
    await this.eventually(`the task of service ${serviceId} to be gone`, async () => {
      return (await this.task(serviceId)) === undefined;
    });
  }

  /** Awaits a condition for a minute at most. */
  eventually<T>(
    what: string,
    probe: () => T | undefined | false | Promise<T | undefined | false>,
  ): Promise<T> {
    return waitFor(probe, { what, timeoutMs: 60_000, intervalMs: 10 });
  }

  async close(): Promise<void> {
    for (const id of this.#created) await this.subject.engine.removeService(id);
    await this.subject.close();
  }
}
