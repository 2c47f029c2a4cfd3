import type { Fence } from './controller-ports.ts';

/** A callback that is to be delivered. */
export interface OutboxEntry {
  jobUid: string;
  url: string;
  /** Of the job; absent in entries of earlier versions. */
  namespace?: string;
  /** Tries so far. */
  attempts: number;
  /** Of the job, when its result was put there; 1 when absent. */
  generation?: number;
  /** How often it was asked for again; 0 when absent. */
  redeliveries?: number;
}

/** What came of one try to deliver. Times in ms of Unix time. */
export type DeliveryResult = DeliveryFacts &
  (
    | { kind: 'delivered'; status: number }
    | { kind: 'retry'; error: string; status?: number; nextAt: number }
    | { kind: 'dead'; error: string; status?: number }
  );

interface DeliveryFacts {
  /** Generation of the entry that was tried; 1 when absent. */
  generation?: number;
  /** Redeliveries that had been asked for when it was tried; 0 when absent. */
  redeliveries?: number;
  at: number;
  /** How long the try took, in ms. */
  tookMs: number;
  /** Beginning of the reply's body, as it came. */
  reply?: Buffer;
}

/** A try to deliver a callback, as its log shows it. */
export interface DeliveryRecord {
  kind: DeliveryResult['kind'];
  at: number;
  tookMs: number;
  status?: number;
  error?: string;
  reply: string;
}

/** A callback and what came of it so far. */
export interface CallbackView {
  url: string;
  state: string;
  attempts: number;
  /** The last tries, oldest first. */
  log: DeliveryRecord[];
}

/** The callbacks that are due. Writes are fenced. */
export interface OutboxStore {
  /** Entries due at `now` (Unix ms), the oldest first, at most `limit`. */
  dueCallbacks(now: number, limit: number): Promise<OutboxEntry[]>;
  /** When the next entry falls due (Unix ms); undefined when there is none. */
  nextCallbackAt(): Promise<number | undefined>;
  /**
   * Notes what came of a try. It changes what is still to be delivered only while the job is as it was:
   * not removed, not run again, and no redelivery asked for since the try began.
   */
  recordDelivery(fence: Fence, jobUid: string, result: DeliveryResult): Promise<void>;
}
