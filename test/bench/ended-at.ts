import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { LABELS } from '../../internal/apis/index.ts';
import { isTerminal } from '../../internal/swarm/index.ts';

/** Between two looks, in ms: the answer is late by up to so much and the time of a look. */
const POLL_MS = 3;

interface Listed {
  Status?: { State?: string };
}

/**
 * When the engine first shows that the only task of a job has ended (Unix ms), as one who polls it sees it.
 * The managers hear of an end up to 100 ms after it: swarm's dispatcher writes what nodes tell in batches.
 */
export async function endShown(engine: Docker, jobUid: string): Promise<number> {
  const filters = { label: [`${LABELS.job}=${jobUid}`] };
  for (let begun = false; ; await delay(POLL_MS)) {
    const [task] = (await engine.listTasks({ filters })) as Listed[];
    if (task === undefined && !begun) continue;
    begun = true;
    // A service that is gone already was removed after its end had been seen.
    if (task === undefined || isTerminal(task.Status?.State ?? '')) return Date.now();
  }
}
