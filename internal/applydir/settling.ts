import type { Clock } from '../clock/clock.ts';
import type { FileEvent } from './watch.ts';

/** A file must have been the same for so long, in ms: longer than who writes one slowly pauses in between. */
const QUIET_MS = 5000;
/** The same for one that was put in place as a whole, and not written to since. */
const PLACED_MS = 250;

/** What one look shows of a file. */
export interface Seen {
  /** Differs when the file does, or what it says. */
  print: string;
  /** Nothing but the kernel's own events of its directory could have put it in place. */
  direct: boolean;
}

/**
 * Which files may be taken for whole. A look that comes while a file is written may find half of it, and
 * half of a manifest is often a manifest too. So a file is taken when all looks of some seconds have shown
 * the same, by the monotonic clock: its own times count for nothing but being the same, as they are set by
 * who writes it, or by another machine.
 */
export class Settling {
  readonly #clock: Clock;
  /** By path, the last event that came since the last look had begun. */
  #events = new Map<string, FileEvent>();
  #earlier: ReadonlyMap<string, FileEvent> = new Map();
  readonly #fresh = new Map<string, { print: string; since: number; placed: boolean }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(path: string, event: FileEvent): void {
    this.#events.set(path, event);
  }

  /** Events that have come by now count for this look: what they tell of is there to be seen. */
  begin(): void {
    this.#earlier = this.#events;
    this.#events = new Map();
  }

  /** @returns for how many ms a file must still be the same; 0 when it may be taken. */
  waitMs(path: string, { print, direct }: Seen): number {
    const now = this.#clock.monotonic();
    const before = this.#fresh.get(path);
    const same = before?.print === print;
    const event = this.#events.get(path) ?? this.#earlier.get(path);
    const placed = event === undefined ? same && before.placed : event === 'placed';
    const since = same ? before.since : now;
    this.#fresh.set(path, { print, since, placed });
    return Math.max(0, since + (placed && direct ? PLACED_MS : QUIET_MS) - now);
  }

  /** A file was taken, or is what it was. */
  forget(path: string): void {
    this.#fresh.delete(path);
  }

  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.#fresh.keys()) if (!paths.has(path)) this.forget(path);
  }
}
