import { spanText } from './time-left.ts';

/** What one line of progress shows. */
export interface Progress {
  name: string;
  phase: string;
  /** Nothing new is started. */
  suspended: boolean;
  counts: Counts;
  /** Tasks per second. */
  rate?: number | undefined;
  /** Ms until the end. */
  remaining?: number | undefined;
}

export interface Counts {
  total: number;
  active: number;
  succeeded: number;
  failed: number;
  cancelled: number;
}

const BAR_CELLS = 20;
const LEAST_NAME = 8;

/** Tasks whose result is final. */
export function doneOf(counts: Counts): number {
  return counts.succeeded + counts.failed + counts.cancelled;
}

/**
 * One line, never longer than `width`: what matters least goes first.
 * All is ASCII, so characters are columns.
 */
export function progressLine(progress: Progress, width: number): string {
  const { name } = progress;
  const segments = segmentsOf(progress);
  for (let least = 5; least >= 0; least--) {
    const words = segments.filter(([rank]) => rank <= least).map(([, text]) => text);
    const line = [name, ...words].join('  ');
    if (line.length <= width) return line;
  }
  const done = doneText(progress);
  const room = width - done.length - 2;
  if (room >= LEAST_NAME) return `${name.slice(0, room - 1)}~  ${done}`;
  return done.slice(0, width);
}

/** The line as it is for a log: no bar, nothing cut. */
export function plainLine(progress: Progress): string {
  const words = segmentsOf(progress).filter(([rank]) => rank !== BAR);
  return [progress.name, ...words.map(([, text]) => text)].join('  ');
}

const BAR = 5;

/** Text with its rank: those of the highest ranks are left out first. */
function segmentsOf(progress: Progress): [rank: number, text: string][] {
  const { counts, rate, remaining } = progress;
  const running = progress.phase === 'Running';
  const segments: [number, string | undefined][] = [
    [BAR, bar(doneOf(counts), counts.total)],
    [0, doneText(progress)],
    [1, counts.failed > 0 ? `${counts.failed} failed` : undefined],
    [4, counts.cancelled > 0 ? `${counts.cancelled} cancelled` : undefined],
    [3, running ? `${counts.active} active` : undefined],
    [4, running && rate !== undefined ? rateText(rate) : undefined],
    [2, stateText(progress, remaining)],
  ];
  return segments.filter((entry): entry is [number, string] => entry[1] !== undefined);
}

function stateText(progress: Progress, remaining: number | undefined): string | undefined {
  if (progress.phase !== 'Running') return progress.phase;
  if (progress.suspended) return 'suspended';
  return remaining === undefined ? undefined : `${spanText(remaining)} left`;
}

function doneText({ counts }: Progress): string {
  return `${doneOf(counts)}/${counts.total}`;
}

/** `2.4/s`, or by the minute or hour where that says more. */
function rateText(perSecond: number): string {
  const [amount, unit] = [
    [perSecond, 's'] as const,
    [perSecond * 60, 'min'] as const,
    [perSecond * 3600, 'h'] as const,
  ].find(([value]) => value >= 1) ?? [perSecond * 3600, 'h'];
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)}/${unit}`;
}

function bar(done: number, total: number): string {
  const share = total === 0 ? 0 : Math.min(1, done / total);
  const filled = Math.floor(share * BAR_CELLS);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_CELLS - filled)}]`;
}
