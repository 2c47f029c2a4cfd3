import type { Clock } from '../../internal/clock/clock.ts';
import { LocalTask } from './local-task.ts';
import type { NodeTrouble } from './node-trouble.ts';
import type { ProcessEnd } from './process.ts';
import type { ModelContainer, ModelStatus } from './raw.ts';
import type { TaskRecord } from './task-record.ts';
import { TIMING } from './timing.ts';

export interface AgentOptions {
  clock: Clock;
  random: () => number;
  /** Whether the managers hear the node now. */
  isHeard: () => boolean;
  /** The managers take a status. */
  deliver: (task: TaskRecord, status: ModelStatus) => void;
  onContainer: (
    action: 'start' | 'die',
    task: TaskRecord,
    containerId: string,
    exitCode?: number,
  ) => void;
  /** The process of a task has begun, or come to its end, heard of or not. */
  onProcess: (task: TaskRecord, end: ProcessEnd | undefined) => void;
}

/** The daemon of a node and what runs there. It goes on while the managers do not hear of it. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #tasks = new Map<string, LocalTask>();
  #unheard: { task: TaskRecord; status: ModelStatus }[] = [];
  #up = true;
  /** What keeps the node from starting any container. */
  trouble: NodeTrouble | undefined;
  /** Tasks to be told of once the managers hear the node again. */
  #lost: LocalTask[] = [];
  #onUp: (() => void) | undefined;

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  /** The daemon runs. */
  get isUp(): boolean {
    return this.#up;
  }

  /** The tasks whose process lives. */
  get running(): TaskRecord[] {
    const all = [...this.#tasks.values()];
    return all.filter((local) => local.isRunning).map(({ task }) => task);
  }

  find(task: TaskRecord): LocalTask | undefined {
    return this.#tasks.get(task.id);
  }

  findContainer(id: string): ModelContainer | undefined {
    const all = [...this.#tasks.values()].map(({ container }) => container);
    return all.find((container) => container?.Id === id);
  }

  /** Begins a task that is new to it. */
  take(task: TaskRecord): void {
    if (this.#tasks.has(task.id)) return;
    const local = new LocalTask(task, {
      clock: this.#options.clock,
      random: this.#options.random,
      trouble: () => this.trouble,
      report: (status) => this.#report(task, status),
      isDaemonUp: () => this.#up,
      onContainer: this.#options.onContainer,
      onProcess: this.#options.onProcess,
      onGone: () => this.#tryUp(),
    });
    this.#tasks.set(task.id, local);
    local.begin();
  }

  /** Ends a task as swarm orders it. One that never came here has ended by that. */
  stop(task: TaskRecord): void {
    const local = this.#tasks.get(task.id);
    if (local === undefined) {
      const now = new Date(this.#options.clock.now()).toISOString();
      this.#report(task, { Timestamp: now, State: 'shutdown', Message: 'shutdown' });
    } else local.stop();
  }

  /** Removes what is left of a task: its container and its log. */
  forget(task: TaskRecord): void {
    this.#tasks.delete(task.id);
  }

  /** The daemon ends: killed, its containers run on; asked to, it stops and loses them. */
  stopDaemon(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#up = false;
    for (const local of this.#tasks.values()) local.daemonEnded(signal);
  }

  /** All ends at once, unseen. */
  powerOff(): void {
    this.#up = false;
    this.#onUp = undefined;
    for (const local of this.#tasks.values()) local.powerOff();
  }

  /** Starts the daemon. It is up when all containers of before have ended, which it makes them do. */
  boot(onUp: () => void): void {
    if (this.#up) return;
    this.#onUp = onUp;
    for (const local of this.#tasks.values()) local.endProcess();
    this.#tryUp();
  }

  /** Sends what the managers have not heard. */
  flush(): void {
    if (!this.#up || !this.#options.isHeard()) return;
    const lost = this.#lost;
    this.#lost = [];
    for (const local of lost) local.tellLost();
    const batch = this.#unheard;
    this.#unheard = [];
    this.#options.clock.after(TIMING.report, () => {
      for (const { task, status } of batch) this.#options.deliver(task, status);
    });
  }

  #report(task: TaskRecord, status: ModelStatus): void {
    this.#unheard.push({ task, status });
    this.flush();
  }

  #tryUp(): void {
    const onUp = this.#onUp;
    const awaited = [...this.#tasks.values()].some((local) => local.isRunning && !local.isStuck);
    if (onUp === undefined || awaited) return;
    this.#onUp = undefined;
    this.#up = true;
    const all = [...this.#tasks.values()];
    this.#lost = all.filter((local) => local.isLost);
    for (const local of all) if (!local.isLost && !local.isStuck) local.resume();
    onUp();
  }
}
