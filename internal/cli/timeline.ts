import type { Client } from './client.ts';
import { jobPath } from './path.ts';
import type { Timeline, TimelineEvent } from './resources.ts';

const PAGE = 1000;

/** The pages of a job's timeline, the oldest first. */
export async function* timeline(
  client: Client,
  namespace: string,
  job: string,
): AsyncGenerator<TimelineEvent[], void> {
  let after: string | undefined;
  for (;;) {
    const path = jobPath(namespace, job, ['events'], { after, limit: PAGE });
    const { items } = await client.get<Timeline>(path);
    if (items.length > 0) yield items;
    if (items.length < PAGE) return;
    after = items.at(-1)?.id;
  }
}

/** The last of a job's timeline. */
export async function lastEvents(
  client: Client,
  namespace: string,
  job: string,
  count: number,
): Promise<TimelineEvent[]> {
  let last: TimelineEvent[] = [];
  for await (const page of timeline(client, namespace, job)) {
    last = [...last, ...page].slice(-count);
  }
  return last;
}

/** The whole timeline and what is added to it; ends once the job has finished. */
export async function* watchTimeline(
  client: Client,
  namespace: string,
  job: string,
): AsyncGenerator<TimelineEvent, void> {
  const path = jobPath(namespace, job, ['events'], { watch: true });
  for await (const { event, data } of client.events(path)) {
    if (event === 'end') return;
    if (event === 'event') yield JSON.parse(data) as TimelineEvent;
  }
}
