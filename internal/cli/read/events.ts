import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import { EVENT_COLUMNS } from '../output/columns.ts';
import { parseFormat } from '../output/format.ts';
import { ObjectPrinter } from '../output/object-printer.ts';
import type { Named } from '../output/print-data.ts';
import type { TimelineEvent } from '../resources.ts';
import { timeline, watchTimeline } from '../timeline.ts';

/** Prints the timeline of a job; with `-w` as it grows, until the job has finished. */
export async function printEvents(
  context: Context,
  options: Options,
  job: string,
): Promise<undefined> {
  const format = parseFormat(options.text('output'));
  const printer = new ObjectPrinter<TimelineEvent>(context, format, EVENT_COLUMNS, {
    noHeaders: options.negated('headers'),
  });
  const [client, namespace] = [await context.client(), await context.namespace()];
  if (options.flag('watch')) {
    for await (const event of watchTimeline(client, namespace, job)) {
      await printer.each([asNamed(event)]);
    }
    return undefined;
  }
  for await (const events of timeline(client, namespace, job)) await printer.add(events);
  await printer.end((events) => ({
    apiVersion: 'swarmer/v1',
    kind: 'EventList',
    items: events.map(asNamed),
  }));
  if (printer.count === 0) context.say(`Job "${job}" has no events.`);
  return undefined;
}

function asNamed(event: TimelineEvent): TimelineEvent & Named {
  return { kind: 'Event', metadata: { name: event.id }, ...event };
}
