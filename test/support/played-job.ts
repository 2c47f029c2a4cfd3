import type { AttemptRecord, JobEnding, Verdict } from '../../internal/apis/index.ts';
import { type Disposition, settlementOf } from '../../internal/planner/index.ts';
import type { ClaimedTask, ControllerStore, Fence } from '../../internal/store/index.ts';

type Judged = AttemptRecord & { verdict: Verdict };

export const FAILED: Verdict = {
  outcome: 'Failed',
  exitStatus: 3,
  reason: 'NonZeroExit',
  message: 'a "message" with / and ü',
  source: 'service',
  startedAt: 1_767_225_600_001,
  finishedAt: 1_767_225_600_501,
  nodeId: 'n1',
};
export const LOST: Verdict = {
  outcome: 'Lost',
  exitStatus: null,
  reason: 'NodeLost',
  source: 'service',
};
export const STOPPED: Verdict = {
  outcome: 'Cancelled',
  exitStatus: null,
  reason: 'CancelRequested',
  message: 'the job was cancelled',
  source: 'controller',
};
const CANCELLED: JobEnding = {
  phase: 'Cancelled',
  reason: 'CancelRequested',
  message: 'the job was cancelled',
};

/** A job whose attempts come to what a test says, as a controller would record it. */
export class PlayedJob {
  readonly uid: string;
  readonly #controller: ControllerStore;
  readonly #fence: Fence;

  constructor(controller: ControllerStore, fence: Fence, uid: string) {
    this.#controller = controller;
    this.#fence = fence;
    this.uid = uid;
  }

  /** @param limit how many tasks. */
  claim(limit: number): Promise<ClaimedTask[]> {
    const claim = { limit, maxConcurrent: 1000, now: Date.now() };
    return this.#controller.claimTasks(this.#fence, this.uid, claim);
  }

  /** @throws Error when no task can start. */
  async claimOne(): Promise<ClaimedTask> {
    const [task] = await this.claim(1);
    if (task === undefined) throw new Error('a task was to be claimed');
    return task;
  }

  /** Judges an attempt without an output. */
  async judge({ index, record }: ClaimedTask, verdict: Verdict): Promise<Judged> {
    const to = { ...record, verdict };
    await this.#controller.recordVerdict(this.#fence, this.uid, index, { from: record, to });
    return to;
  }

  /** Ends an attempt with what it wrote to stderr. @returns its record, judged and collected. */
  async end({ index, record }: ClaimedTask, text: string | Buffer, verdict = FAILED) {
    const stderr = Buffer.from(text);
    const output = {
      stdout: { bytes: 0, truncated: false },
      stderr: { bytes: stderr.length, truncated: false },
      log: { state: 'complete' },
    } as const;
    const to = { ...record, verdict, output };
    const change = { from: record, to, stdout: Buffer.alloc(0), stderr };
    await this.#controller.storeOutput(this.#fence, this.uid, index, change);
    return to;
  }

  async settle(index: number, record: Judged, disposition: Disposition): Promise<void> {
    const action = { type: 'SettleAttempt', index, disposition, endedAt: 1 } as const;
    const settlement = settlementOf(action, record);
    await this.#controller.settleAttempt(this.#fence, this.uid, index, {
      from: record,
      settlement,
    });
  }

  /** The task waits for its next attempt. */
  async retry(index: number, record: Judged, notBefore = 0): Promise<void> {
    await this.settle(index, record, { kind: 'retry', next: nextOf(record), notBefore });
  }

  /** An attempt that fails and is to be tried again. */
  async fail(text: string | Buffer, verdict = FAILED): Promise<void> {
    const task = await this.claimOne();
    await this.retry(task.index, await this.end(task, text, verdict));
  }

  /** An attempt that is lost and replaced. @returns the record of the next one. */
  async replace(task: ClaimedTask, verdict: Verdict): Promise<AttemptRecord | undefined> {
    const record = await this.judge(task, verdict);
    await this.settle(task.index, record, { kind: 'replace', next: nextOf(record) });
    const state = await this.#controller.loadJob(this.uid, 0);
    return state?.attempts[0]?.record;
  }

  /** Ends the job before all its tasks have. */
  async finish(ending = CANCELLED): Promise<void> {
    await this.#controller.endJob(this.#fence, this.uid, ending);
    await this.complete();
  }

  /** @throws Error when there are tasks that are not counted. */
  async complete(): Promise<void> {
    const finished = await this.#controller.completeJob(this.#fence, this.uid, 1000);
    if (!finished) throw new Error('the job was to be finished');
  }
}

/** The record of the attempt after one that failed. */
export function nextOf({ attempt, losses, failures }: AttemptRecord): AttemptRecord {
  return { attempt: attempt + 1, losses, failures: failures + 1 };
}
