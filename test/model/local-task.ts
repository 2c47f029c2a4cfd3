import type { Clock } from '../../internal/clock/clock.ts';
import { isTerminal } from '../../internal/swarm/index.ts';
import type { AgentOptions } from './agent.ts';
import { logFrames } from './frames.ts';
import { containerId } from './ids.ts';
import { DEFAULT_DRIVER, keptLines, type LogLine, linesOf } from './log-file.ts';
import { type NodeTrouble, nameTaken, noSpace, startFailure } from './node-trouble.ts';
import { ModelProcess } from './process.ts';
import type { ModelContainer, ModelContainerStatus, ModelStatus, TaskState } from './raw.ts';
import type { TaskRecord } from './task-record.ts';
import { TIMING } from './timing.ts';

interface LocalTaskOptions {
  clock: Clock;
  random: () => number;
  /** What keeps the node from starting anything, now. */
  trouble: () => NodeTrouble | undefined;
  report: (status: ModelStatus) => void;
  isDaemonUp: () => boolean;
  onContainer: AgentOptions['onContainer'];
  onProcess: AgentOptions['onProcess'];
  /** Its process has ended while the daemon did not run. */
  onGone: () => void;
}

/** One step, in ms, where swarm takes as good as no time. */
const STEP_MS = 1;
/** Share of the ends where the exit code shows before the state does. */
const EARLY_EXIT_CODE = 0.2;
const EARLY_BY_MS = 20;
/** What a daemon makes of a container whose end nobody saw. */
const UNSEEN_EXIT = 255;

/** A task on its node: what the node does to run it, and says of it. */
export class LocalTask {
  readonly task: TaskRecord;
  readonly #options: LocalTaskOptions;
  #state: TaskState = 'assigned';
  #containerId = '';
  #process: ModelProcess | undefined;
  #exitCode: number | undefined;
  #stopping = false;
  /** The daemon removed its container. */
  #lost = false;
  /** Somebody else did. */
  #logGone = false;
  #removed = false;
  #preparingSince = Number.POSITIVE_INFINITY;
  /** Its daemon ended between making its container and noting that. */
  #leftBehind = false;
  /** What it wrote when it was told to stop. */
  #last: LogLine[] = [];
  readonly #followers = new Set<(frames: Buffer) => void>();
  #told: ModelStatus | undefined;
  #cancel: () => void = () => {};

  constructor(task: TaskRecord, options: LocalTaskOptions) {
    this.task = task;
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#process?.isRunning === true;
  }

  /** Its process goes on whatever is done to it, and is waited for by nobody. */
  get isStuck(): boolean {
    return this.isRunning && this.#process?.isStuck === true;
  }

  /** Nothing is left of it here, so that it is told of only when the managers ask for it again. */
  get isLost(): boolean {
    return this.#lost;
  }

  /** Its log, as it is streamed. A container that is gone has an empty one, with no error. */
  log(): Buffer {
    if (!this.#hasContainer || this.#process === undefined) return Buffer.alloc(0);
    const { stdout, stderr } = this.task.behaviour;
    const written = [...linesOf('stderr', stderr), ...linesOf('stdout', stdout), ...this.#last];
    return logFrames(keptLines(this.#logDriver, written));
  }

  /** Calls `onFrames` with what is written from now on. @returns what ends that. */
  follow(onFrames: (frames: Buffer) => void): () => void {
    this.#followers.add(onFrames);
    return () => this.#followers.delete(onFrames);
  }

  #writeLast(): void {
    const lines = linesOf('stdout', this.task.behaviour.stdoutOnTerm ?? '');
    if (lines.length === 0 || this.#last.length > 0) return;
    this.#last = lines;
    const frames = logFrames(keptLines(this.#logDriver, lines));
    for (const tell of this.#followers) tell(frames);
  }

  /** Its container, unless there is none (any more). */
  get container(): ModelContainer | undefined {
    if (!this.#hasContainer) return undefined;
    const { Name: Type, Options: Config = {} } = this.#logDriver;
    return { Id: this.#containerId, HostConfig: { LogConfig: { Type, Config } } };
  }

  get #hasContainer(): boolean {
    return this.#containerId !== '' && !this.#lost && !this.#logGone;
  }

  get #logDriver() {
    return this.task.service.Spec.TaskTemplate.LogDriver ?? DEFAULT_DRIVER;
  }

  begin(): void {
    this.#report('accepted', 'accepted');
    this.#after(STEP_MS, () => this.#prepare());
  }

  /** As swarm orders it: SIGTERM, grace, SIGKILL. */
  stop(): void {
    if (isTerminal(this.#state) || this.#stopping) return;
    this.#stopping = true;
    if (this.isRunning) {
      this.#report('running', 'started', { exitCode: -1 });
      this.endProcess();
    } else {
      this.#cancel();
      this.#shutDown(this.#exitCode);
    }
  }

  endProcess(): void {
    if (this.isRunning) this.#process?.stop();
  }

  signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#process?.signal(signal);
  }

  hold(): void {
    this.#process?.hold();
  }

  letGo(): void {
    this.#process?.letGo();
  }

  /** `docker rm --force`: a process is killed, and the log is gone. What swarm knows of it stays. */
  removeContainer(): void {
    this.#removed = this.#containerId !== '';
    // What starts it holds its lock: until then the removal waits.
    if (this.#state === 'ready' || this.#state === 'starting') return;
    this.signal('SIGKILL');
    this.#logGone = this.#removed && !this.isRunning;
  }

  daemonEnded(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#cancel();
    this.#leaveBehind();
    if (signal === 'SIGKILL' || this.#process === undefined) return;
    this.#lost = true;
    this.endProcess();
  }

  powerOff(): void {
    this.#cancel();
    this.#leaveBehind();
    if (this.isRunning) this.#exitCode = UNSEEN_EXIT;
    this.#process?.vanish();
  }

  /** The daemon is back, and sees what has become of its container. */
  resume(): void {
    if (isTerminal(this.#state)) return;
    if (this.#exitCode !== undefined) this.#end(this.#exitCode);
    else if (this.#leftBehind) {
      const error = nameTaken(this.task, this.#containerId);
      this.#report('rejected', 'preparing', { error, exitCode: 0 });
    } else this.#prepare();
  }

  /** The managers have asked for it again: what had ended is told as if it ended now. */
  tellLost(): void {
    this.#after(TIMING.toldAnew, () => {
      const told = this.#told;
      if (told === undefined || !isTerminal(this.#state)) this.#containerMissing();
      else this.#options.report({ ...told, Timestamp: this.#now() });
    });
  }

  #prepare(): void {
    const { startMs, reject } = this.task.behaviour;
    this.#report('preparing', 'preparing');
    this.#preparingSince = this.#options.clock.now();
    this.#after(startMs / 2, () => {
      const noDisk = this.#options.trouble() === 'disk';
      const words = reject ?? (noDisk ? noSpace(this.task) : undefined);
      if (words === undefined) this.#getReady();
      else this.#report('rejected', 'preparing', { error: words, exitCode: 0 });
    });
  }

  /** A container is made half-way. */
  #leaveBehind(): void {
    const forMs = this.#options.clock.now() - this.#preparingSince;
    if (this.#state !== 'preparing' || forMs <= this.task.behaviour.startMs / 4) return;
    this.#leftBehind = true;
    this.#containerId = containerId(this.#options.random);
  }

  #getReady(): void {
    this.#containerId = containerId(this.#options.random);
    this.#report('ready', 'prepared');
    this.#after(STEP_MS, () => this.#start());
  }

  #start(): void {
    const { startMs, failStart } = this.task.behaviour;
    this.#report('starting', 'starting', { exitCode: 0 });
    this.#after(startMs / 2, () => {
      const ofProgram = failStart === undefined ? undefined : { words: failStart, exitCode: 127 };
      const failure = startFailure(this.#options.trouble(), this.task) ?? ofProgram;
      if (failure === undefined) {
        this.#run();
        return;
      }
      const { words, exitCode } = failure;
      this.#report('failed', 'starting', {
        error: `starting container failed: ${words}`,
        exitCode,
      });
    });
  }

  #run(): void {
    const { clock, random, onContainer, onProcess } = this.#options;
    this.#process = new ModelProcess({
      clock,
      behaviour: this.task.behaviour,
      graceMs: this.#graceMs(),
      pid: 100 + Math.floor(random() * 30_000),
      onTerm: () => this.#writeLast(),
      onExit: (exitCode) => this.#exited(exitCode),
      onEnd: (end) => onProcess(this.task, end),
    });
    onProcess(this.task, undefined);
    this.#report('running', 'started', { exitCode: 0 });
    onContainer('start', this.task, this.#containerId);
    if (this.#removed) this.removeContainer();
  }

  #exited(exitCode: number): void {
    const { isDaemonUp, onContainer, onGone } = this.#options;
    this.#exitCode = exitCode;
    if (isDaemonUp()) {
      onContainer('die', this.task, this.#containerId, exitCode);
      if (this.#stopping) this.#shutDown(exitCode);
      else this.#endSoon(exitCode);
    } else onGone();
  }

  #endSoon(exitCode: number): void {
    const early = this.#options.random() < EARLY_EXIT_CODE;
    if (early) this.#report('running', 'started', { exitCode });
    this.#after(early ? EARLY_BY_MS : STEP_MS, () => this.#end(exitCode));
  }

  #end(exitCode: number): void {
    const error = `task: non-zero exit (${exitCode})`;
    if (exitCode === 0) this.#report('complete', 'finished', { exitCode });
    else this.#report('failed', 'started', { error, exitCode });
  }

  #shutDown(exitCode: number | undefined): void {
    const container = this.#containerId === '' ? {} : { exitCode: exitCode ?? 0 };
    this.#report('shutdown', 'shutdown', container);
  }

  #containerMissing(): void {
    const error = `No such container: ${this.task.name}`;
    if (this.task.isGivenUp) this.#shutDown(0);
    else this.#report('failed', 'started', { error, exitCode: 0 });
  }

  #report(
    state: TaskState,
    message: string,
    { error, exitCode }: { error?: string; exitCode?: number } = {},
  ): void {
    this.#state = state;
    this.#told = {
      Timestamp: this.#now(),
      State: state,
      Message: message,
      ...(error === undefined ? {} : { Err: error }),
      ...(exitCode === undefined ? {} : { ContainerStatus: this.#container(exitCode) }),
    };
    this.#options.report(this.#told);
  }

  #graceMs(): number {
    const { StopGracePeriod: ns } = this.task.service.Spec.TaskTemplate.ContainerSpec;
    return ns === undefined ? TIMING.grace : ns / 1e6;
  }

  #now(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }

  #container(exitCode: number): ModelContainerStatus {
    const pid = this.isRunning ? (this.#process?.pid ?? 0) : 0;
    return { ContainerID: this.#containerId, PID: pid, ExitCode: exitCode };
  }

  #after(ms: number, step: () => void): void {
    this.#cancel = this.#options.clock.after(ms, step);
  }
}
