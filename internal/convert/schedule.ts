import type { Origins } from './origins.ts';
import type { Source } from './source.ts';

/** The schedule may begin with the name of its zone. */
const ZONE_PREFIX = /^(?:CRON_)?TZ=(\S*)\s+(.*)$/s;

/** `schedule` and `timeZone` of a CronJob. */
export function convertSchedule(source: Source, origins: Origins) {
  const text = source.text('schedule');
  const timeZone = source.text('timeZone');
  const [, zone, rest] = ZONE_PREFIX.exec(text ?? '') ?? [];
  refuseIntervals(source, rest ?? text);
  if (zone === undefined) {
    return { schedule: text, ...(timeZone === undefined ? {} : { timeZone }) };
  }
  const at = source.at('schedule');
  if (timeZone !== undefined) {
    source.notes.error(
      at,
      'names a time zone beside "timeZone": Kubernetes refuses that; leave one',
    );
  } else {
    source.notes.changed(at, `its time zone ${zone} stands in "timeZone"`);
    origins.set(['spec', 'timeZone'], at);
  }
  return { schedule: rest, timeZone: zone };
}

function refuseIntervals(source: Source, schedule: string | undefined): void {
  if (!schedule?.trim().startsWith('@every')) return;
  const message =
    '"@every" counts from the last run and not by the clock, which has no equivalent: write the ' +
    'times, such as "*/5 * * * *" for every 5 minutes';
  source.notes.error(source.at('schedule'), message);
}
