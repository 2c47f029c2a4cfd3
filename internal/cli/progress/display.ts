import type { Clock } from '../../clock/clock.ts';
import type { OutStream } from '../io.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import type { JobProgress } from './job-progress.ts';
import { plainLine, progressLine } from './line.ts';
import { LiveBlock } from './live-block.ts';
import { Throttle } from './throttle.ts';

/** Shows how jobs get on. */
export interface Display {
  /** Something about the job has changed. */
  changed(job: JobProgress): void;
  /** Shows the last state and gives the terminal back. */
  close(): void;
}

const DRAW_MS = 100;
const TICK_MS = 1000;
const LINE_MS = 1000;

/** One line for each job, drawn again in its place; every second too, for the time goes on. */
export function liveDisplay(
  stream: OutStream,
  clock: Clock,
  jobs: ReadonlyMap<string, JobProgress>,
): Display {
  const block = new LiveBlock(stream);
  const draw = (): void => block.draw(linesFor(block, [...jobs.values()], clock.monotonic()));
  const throttle = new Throttle(clock, DRAW_MS, draw);
  let cancel = clock.after(TICK_MS, tick);
  function tick(): void {
    throttle.ask();
    cancel = clock.after(TICK_MS, tick);
  }
  return {
    changed: () => throttle.ask(),
    close() {
      cancel();
      throttle.flush();
      throttle.stop();
      block.close();
    },
  };
}

/** Jobs that run come first when there is not room for all. */
function linesFor(block: LiveBlock, jobs: readonly JobProgress[], now: number): string[] {
  const { width, height } = block;
  const show = (job: JobProgress) => progressLine(safe(job, now), width);
  if (jobs.length <= height) return jobs.map(show);
  const sorted = [...jobs].sort(
    (a, b) => Number(b.phase === 'Running') - Number(a.phase === 'Running'),
  );
  const shown = sorted.slice(0, height - 1).map(show);
  return [...shown, `... and ${jobs.length - shown.length} more`.slice(0, width)];
}

/** One line for each change, at most one a second for each job, and always the last. */
export function plainDisplay(print: (line: string) => void, clock: Clock): Display {
  const throttles = new Map<JobProgress, Throttle>();
  const asked = new Set<JobProgress>();
  const show = (job: JobProgress): void => {
    asked.delete(job);
    print(plainLine(safe(job, clock.monotonic())));
  };
  return {
    changed(job) {
      const throttle = throttles.get(job) ?? new Throttle(clock, LINE_MS, () => show(job));
      throttles.set(job, throttle);
      asked.add(job);
      if (job.phase === 'Running') throttle.ask();
      else throttle.flush();
    },
    close() {
      for (const throttle of throttles.values()) throttle.stop();
      for (const job of asked) show(job);
    },
  };
}

function safe(job: JobProgress, now: number) {
  const progress = job.at(now);
  return { ...progress, name: terminalSafe(progress.name) };
}
