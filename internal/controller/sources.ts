import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import { untilAborted } from '../clock/until-aborted.ts';
import type { ChangeSource, ChangeTopic, ControllerStore } from '../store/index.ts';
import type { Engine, EngineEvent } from '../swarm/index.ts';

/** How long one read of the change stream waits, in ms; below the time limit of its connection. */
const BLOCK_MS = 4000;
/** Before a source that failed is asked again, in ms. */
const RETRY_MS = 500;
/** Between looks at all active jobs, in ms. */
const RESYNC_MS = 60_000;

interface JobSourceOptions {
  store: ControllerStore;
  changes: ChangeSource;
  clock: Clock;
  log: Logger;
  enqueue: (uid: string) => void;
  /** The API has changed a job. */
  onChange: (uid: string) => void;
  /** The API has changed something else. */
  onTopic: (topic: ChangeTopic) => void;
  /** Told of all active jobs before they are enqueued. */
  onActive: (uids: readonly string[]) => void;
}

/**
 * Tells of every job that the API changes. The change stream is only a hint: at the start, after a
 * failure and once a minute all active jobs are enqueued, after the stream's end was noted, so that no
 * change falls between.
 */
export async function watchJobs(options: JobSourceOptions, signal: AbortSignal): Promise<void> {
  const { clock, log } = options;
  while (!signal.aborted) {
    try {
      await followChanges(options, signal);
    } catch (err) {
      log.warn({ err }, 'cannot follow the changes of jobs');
      await clock.sleep(RETRY_MS, signal);
    }
  }
}

async function followChanges(
  { store, changes, clock, enqueue, onChange, onTopic, onActive }: JobSourceOptions,
  signal: AbortSignal,
): Promise<void> {
  let cursor = await changes.changesEnd();
  const active = await store.activeJobs();
  onActive(active);
  for (const uid of active) enqueue(uid);
  const resyncAt = clock.monotonic() + RESYNC_MS;
  while (!signal.aborted && clock.monotonic() < resyncAt) {
    // A read blocks its connection; whoever stops does not wait for it.
    const news = await untilAborted(changes.readChanges(cursor, BLOCK_MS), signal);
    if (news === undefined) return;
    cursor = news.cursor;
    for (const uid of news.uids) onChange(uid);
    for (const topic of news.topics) onTopic(topic);
  }
}

interface EngineSourceOptions {
  engine: Engine;
  clock: Clock;
  log: Logger;
  onEvent: (event: EngineEvent) => void;
}

/** Passes on the engine's events. A stream that breaks is opened again: polling is the truth. */
export async function watchEngine(
  { engine, clock, log, onEvent }: EngineSourceOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await engine.watch(onEvent, signal).catch((err: unknown) => {
      log.debug({ err }, 'the event stream of the engine broke');
    });
    await clock.sleep(RETRY_MS, signal);
  }
}
