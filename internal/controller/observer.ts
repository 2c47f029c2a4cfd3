import type { Logger } from 'pino';
import {
  type AttemptId,
  attemptKey,
  attemptOfLabels,
  type Evidence,
  type Owner,
  serviceName,
} from '../apis/index.ts';
import { Bell } from '../clock/bell.ts';
import type { Clock } from '../clock/clock.ts';
import type { Engine, ObservedService } from '../swarm/index.ts';
import { Observation } from './observation.ts';
import type { SwarmWatch } from './swarm-watch.ts';
import type { Tracked, Tracker } from './tracker.ts';

interface ObserverOptions {
  engine: Engine;
  owner: Owner;
  tracker: Tracker;
  clock: Clock;
  log: Logger;
  swarm: Pick<SwarmWatch, 'isKnown' | 'check'>;
  /** Called for every attempt of which a look says something new. */
  onNews: (id: AttemptId, evidence: Evidence) => void;
}

/** Between looks from the news that a process ended until a look shows it, in ms. */
const EAGER_INTERVAL_MS = 20;
/** How long after such news looks stay that frequent, in ms: the managers hear of it a little later. */
const EAGER_FOR_MS = 1000;
/** Between looks while something has just happened, in ms. */
const BUSY_INTERVAL_MS = 80;
/** Between looks while tasks run and nothing happens, in ms. */
const QUIET_INTERVAL_MS = 250;
/** How long after a hint looks stay frequent, in ms. */
const BUSY_FOR_MS = 1000;
const MAX_BACKOFF_MS = 5000;
/** Longest pause between looks that succeed, in ms. */
const MAX_PAUSE_MS = 2000;
/** A look may take at most this share of the time between looks. */
const LOOK_SHARE = 0.2;
/** The same while much has ended of which no look says so yet: each look is worth a lot. */
const EAGER_LOOK_SHARE = 2 / 3;
/** Share of the attempts that is much. */
const MUCH = 0.25;
/** Of how many attempts a look asks the engine itself; the others wait for the next one. */
const MOST_ASKED = 64;
/** How long after its removal by name a service may still appear whose creation was not answered, in ms. */
const UNANSWERED_MS = 2000;
/** How much longer than its grace a container may run of which the swarm shows nothing, in ms. */
const UNSEEN_END_MS = 2000;
/** For how long a look has to show a service without a task before such lists are doubted, in ms. */
const HIDDEN_MS = 1000;

/**
 * Polls the swarm while there are attempts to watch; events and creations only hurry the next look.
 * A look that fails changes nothing: what was seen last stays.
 */
export class Observer {
  readonly #options: ObserverOptions;
  #current: Observation;
  #begun = 0;
  #failures = 0;
  #busyUntil = 0;
  #lookTook = 0;
  #nodesAsked = false;
  /** Who waits for a look that has them. */
  #onNodes: (() => void)[] = [];
  /** Attempts whose process has ended and of which no look says so yet, by until when that is awaited. */
  readonly #ending = new Map<string, number>();
  readonly #bell = new Bell();

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#current = new Observation(0, Number.NEGATIVE_INFINITY, options.owner, []);
  }

  /** The last complete look; one that knows nothing before the first. */
  get current(): Observation {
    return this.#current;
  }

  /** Tasks that have not ended, by node. Without an attempt there are none, and no looks either. */
  activeByNode(): ReadonlyMap<string, number> {
    return this.#options.tracker.size === 0 ? new Map() : this.#current.activeByNode();
  }

  /** Number of the next look to begin: the first that can tell that something is gone now. */
  get nextLook(): number {
    return this.#begun + 1;
  }

  /** Something may have happened: look soon, and often for a while. */
  hurry(): void {
    const before = this.#interval();
    this.#busyUntil = this.#options.clock.monotonic() + BUSY_FOR_MS;
    if (this.#interval() < before) this.#bell.ring();
  }

  /** The process of an attempt has ended: look until the swarm shows it. */
  expectEnd(id: AttemptId): void {
    if (!this.#options.tracker.has(id)) return;
    const before = this.#interval();
    this.#ending.set(attemptKey(id), this.#options.clock.monotonic() + EAGER_FOR_MS);
    if (this.#interval() < before) this.#bell.ring();
  }

  /**
   * The next look is to list the nodes too, whatever it finds.
   * @param onListed called once they are in the last look. Later looks do not have them: who only looks again
   * after some time may miss them for ever.
   */
  askNodes(onListed?: () => void): void {
    this.#nodesAsked = true;
    if (onListed !== undefined) this.#onNodes.push(onListed);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { tracker, clock, log } = this.#options;
    while (!signal.aborted) {
      const begun = clock.monotonic();
      if (tracker.size > 0) {
        await this.#look().catch((err: unknown) => {
          this.#failures++;
          log.warn({ err }, 'cannot look at the swarm');
        });
      }
      this.#lookTook = clock.monotonic() - begun;
      await this.#pause(signal);
    }
  }

  async #look(): Promise<void> {
    const { engine, owner, tracker, clock, swarm } = this.#options;
    const number = ++this.#begun;
    const takenAt = clock.monotonic();
    const tasks = await engine.listTasks();
    const look = new Observation(number, takenAt, owner, tasks);
    const entries = [...tracker.values()];
    // Listed after the tasks: a node is ready before its tasks tell.
    if (this.#nodesAsked || entries.some((entry) => look.dependsOnNodes(entry))) {
      look.addNodes(await engine.listNodes());
      this.#nodesAsked = false;
    }
    if (entries.some((entry) => isToHaveService(entry) && !look.hasTask(entry))) {
      const services = await engine.listServices();
      look.addServices(new Set(services.map((service) => service.id)));
    }
    const lacking = entries.filter((entry) => look.lacks(entry) || look.mayRemain(entry));
    if (!swarm.isKnown || lacking.some(isToHaveService)) {
      await swarm.check(entries.map(({ id }) => id.jobUid));
    }
    await Promise.all(lacking.slice(0, MOST_ASKED).map((entry) => this.#askFor(look, entry)));
    for (const entry of entries) look.teach(entry);
    this.#current = look;
    this.#failures = 0;
    this.#dropEnded();
    this.#tellNews();
    if (look.activeNodes() !== undefined) for (const tell of this.#onNodes.splice(0)) tell();
  }

  /** A question that is not answered leaves its attempt unseen, and the look as it is. */
  async #askFor(look: Observation, entry: Tracked): Promise<void> {
    await this.#ask(look, entry).catch((err: unknown) => {
      const { jobUid: job, index: task, attempt } = entry.id;
      this.#options.log.warn({ err, job, task, attempt }, 'cannot ask the engine for a service');
    });
  }

  /** Asks the engine itself for what a look lacks of an attempt, or shows although it was removed. */
  async #ask(look: Observation, entry: Tracked): Promise<void> {
    const { engine } = this.#options;
    const { removed, taskId, serviceId = serviceName(entry.id) } = entry;
    if (removed !== undefined && look.takenAt < removed.at + settlingMs(entry)) return;
    const service = await engine.findService(serviceId);
    if (service !== undefined && isOf(entry.id, service)) {
      if (removed !== undefined) look.addRemaining(entry);
      if (!look.hasTask(entry)) entry.hiddenSince ??= look.takenAt;
      return;
    }
    if (look.hasTask(entry)) return;
    const task = taskId === undefined ? undefined : await engine.findTask(taskId);
    if (task === undefined) look.confirm(entry);
    else look.add(entry, task);
  }

  #tellNews(): void {
    for (const entry of this.#options.tracker.values()) {
      const evidence = this.#current.evidence(entry);
      const gone = this.#current.isGone(entry) ? ', gone' : '';
      const seen = essence(evidence) + gone + (this.#current.remains(entry) ? ', remains' : '');
      if (seen === entry.lastSeen) continue;
      entry.lastSeen = seen;
      entry.kind = evidence.kind;
      if (evidence.kind === 'running' && evidence.trace.startedAt !== undefined) {
        this.#options.tracker.noteStart(entry.id, evidence.trace.startedAt);
      }
      this.#options.onNews(entry.id, evidence);
    }
  }

  /** What happens meanwhile may make it shorter, but a pause that backs off stays as it is. */
  async #pause(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const since = clock.monotonic();
    for (;;) {
      const left = since + this.#interval() - clock.monotonic();
      if (left <= 0 || signal.aborted) return;
      await this.#bell.wait(clock, left, signal);
    }
  }

  #interval(): number {
    if (this.#failures > 0)
      return Math.min(QUIET_INTERVAL_MS * 2 ** this.#failures, MAX_BACKOFF_MS);
    if (this.#options.tracker.size === 0) return MAX_BACKOFF_MS;
    // One look that hung, as while the engine is restarted, must not keep the next one waiting long.
    const rest = this.#lookTook * (1 / this.#share() - 1);
    return Math.min(Math.max(this.#pace(), rest), MAX_PAUSE_MS);
  }

  #share(): number {
    return this.#ending.size >= MUCH * this.#options.tracker.size ? EAGER_LOOK_SHARE : LOOK_SHARE;
  }

  #pace(): number {
    if (this.#ending.size > 0) return EAGER_INTERVAL_MS;
    const busy = this.#options.clock.monotonic() < this.#busyUntil;
    return busy ? BUSY_INTERVAL_MS : QUIET_INTERVAL_MS;
  }

  /** Nothing is awaited any more that this look shows, or that has not come in its time. */
  #dropEnded(): void {
    const now = this.#options.clock.monotonic();
    for (const [key, until] of this.#ending) {
      if (now >= until || this.#current.hasEnded(key)) this.#ending.delete(key);
    }
  }
}

function isOf(id: AttemptId, { labels }: ObservedService): boolean {
  const found = attemptOfLabels(labels);
  return found !== undefined && attemptKey(found) === attemptKey(id);
}

/** Its service was created and not removed. */
function isToHaveService({ serviceId, removed }: Tracked): boolean {
  return serviceId !== undefined && removed === undefined;
}

/** How long after a removal its container may still run without a trace of it in the swarm, in ms. */
function settlingMs(entry: Tracked): number {
  const { doubtful, enforced, removed, hiddenSince, hasRun, taskId, graceMs = 0 } = entry;
  const isHidden = hiddenSince !== undefined && (removed?.at ?? 0) - hiddenSince >= HIDDEN_MS;
  // A leader before this one has seen it run; this one cannot even ask for its task.
  const isUnseen = hasRun === true && taskId === undefined;
  if (enforced || isHidden || isUnseen) return graceMs + UNSEEN_END_MS;
  return doubtful ? UNANSWERED_MS : 0;
}

/** What of a look is news when it differs: its kind, and the error that a task is stuck with. */
function essence(evidence: Evidence): string {
  const stuck = evidence.kind === 'waiting' && evidence.stuck;
  return stuck ? `${evidence.kind}: ${evidence.message}` : evidence.kind;
}
