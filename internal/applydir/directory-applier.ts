import type { Logger } from 'pino';
import type { Problem } from '../apis/validation/index.ts';
import { ApplyRefused } from '../apply/index.ts';
import type { Clock } from '../clock/clock.ts';
import { type FileAccess, formatFault } from '../manifest/index.ts';
import { below, judge, type PolicySource, quotaProblems } from '../policy/index.ts';
import { StoreError } from '../store/errors.ts';
import { type ApplyDirStores, bringAbout, REPLACE_ANNOTATION } from './apply-object.ts';
import { DirectoryReader } from './directory-reader.ts';
import { Hints } from './hints.ts';
import { KnownFiles } from './known-files.ts';
import { Notices } from './notices.ts';
import { Settling } from './settling.ts';
import type { WantedObject } from './wanted.ts';
import type { Watch } from './watch.ts';

export interface DirectoryApplierOptions {
  directory: string;
  files: FileAccess;
  watch: Watch;
  stores: ApplyDirStores;
  /** Bytes kept of each output stream of each task. */
  outputLimitBytes: number;
  policy: PolicySource;
  clock: Clock;
  log: Logger;
}

/** Between looks without a hint, in ms. */
const RESCAN_MS = 10_000;
/** The same while the store does not answer. */
const RETRY_MS = 1000;
const REFUSED =
  'the object that there is cannot be changed so: delete it, or give the manifest another name, or the ' +
  `annotation ${REPLACE_ANNOTATION}: "true" to have it replaced; tried again at every look`;

const DENIED = "the operator's policy does not allow this: tried again at every look";

/** Keeps the manifests of a directory applied. README.md says what that means. */
export class DirectoryApplier {
  readonly #options: DirectoryApplierOptions;
  readonly #notices = new Notices();
  readonly #known: KnownFiles;
  readonly #reader: DirectoryReader;
  readonly #hints: Hints;

  constructor(options: DirectoryApplierOptions) {
    const { directory, files, watch, outputLimitBytes, policy, clock, log } = options;
    this.#options = options;
    this.#known = new KnownFiles((namespace) => {
      return { outputLimitBytes, job: policy.rulesOf(namespace).defaults };
    });
    const settling = new Settling(clock);
    this.#reader = new DirectoryReader({
      ...{ directory, files, log, settling },
      notices: this.#notices,
    });
    const told = settling.note.bind(settling);
    this.#hints = new Hints(watch, told, (err) => {
      log.warn({ err }, 'a directory cannot be watched: changes are seen within 10 s');
    });
  }

  /** Runs until `signal` aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMs = await this.#look(signal);
      await this.#hints.wait(this.#options.clock, waitMs, signal);
    }
    this.#hints.close();
  }

  /** What is wrong with the directory and its files, as they were at the last look. */
  get problems(): string[] {
    return [...this.#known.faults(), ...this.#notices.problems];
  }

  /** @returns when to look again, in ms. */
  async #look(signal: AbortSignal): Promise<number> {
    let waitMs = RESCAN_MS;
    try {
      const read = await this.#reader.read(this.#known);
      waitMs = Math.min(waitMs, read.waitMs);
      this.#hints.follow(read.directories);
      await this.#bringPending(signal);
      return waitMs;
    } catch (err) {
      const problem = isAway(err) ? undefined : String(err);
      this.#notices.once(`look: ${err}`, () => this.#logLook(err), problem);
      return isAway(err) ? Math.min(waitMs, RETRY_MS) : waitMs;
    } finally {
      this.#notices.turn();
    }
  }

  /** Of two manifests for one object the first by name counts: they would undo each other for ever. */
  async #bringPending(signal: AbortSignal): Promise<void> {
    const { claims } = this.#known;
    for (const { id, place, owner } of claims.conflicts()) {
      const message = 'another manifest has this object: rename or remove one of them';
      const say = () => {
        this.#options.log.error({ manifest: place, object: id, other: owner }, message);
      };
      this.#notices.once(`${id} ${place}`, say, `${place}: ${id}: ${message} (${owner})`);
    }
    for (const object of this.#known.pending()) {
      if (signal.aborted) return;
      const isItsOwn = claims.ownerOf(object.id) === object.place;
      if (isItsOwn && (await this.#bring(object))) this.#known.done(object);
    }
  }

  /**
   * @returns true when nothing is left to do.
   * @throws StoreError `Unavailable`.
   */
  async #bring(object: WantedObject): Promise<boolean> {
    const { stores, clock, log, policy } = this.#options;
    const fields = { manifest: object.place, object: object.id };
    const denied = denialOf(policy, object);
    if (denied !== undefined) {
      const what = `${object.place} ${object.digest} ${JSON.stringify(denied)}`;
      const problem = `${object.place}: ${object.id}: ${DENIED}`;
      this.#notices.once(what, () => this.#logFaults(object, denied, DENIED), problem);
      return false;
    }
    try {
      const outcome = await bringAbout(
        stores,
        clock,
        object,
        policy.rulesOf(object.namespace).quotas,
      );
      if (outcome.result === 'known') log.debug(fields, 'manifest was applied before');
      else log.info({ ...fields, ...outcome }, 'manifest applied');
      return true;
    } catch (error) {
      if (isAway(error)) throw error;
      const what = `${object.place} ${object.digest} ${error}`;
      const problem = `${object.place}: ${object.id}: it cannot be applied: ${String(error)}`;
      this.#notices.once(what, () => this.#logFailure(object, error), problem);
      return false;
    }
  }

  #logFaults(
    { document, place, id }: WantedObject,
    problems: readonly Problem[],
    message: string,
  ): void {
    const faults = problems.map((problem) => formatFault(document.fault(problem)));
    this.#options.log.error({ manifest: place, object: id, faults }, message);
  }

  #logLook(err: unknown): void {
    const { log } = this.#options;
    if (isAway(err)) log.warn({ err }, 'the store does not answer: manifests wait until it does');
    else log.error({ err }, 'the directory of manifests cannot be looked at: tried again');
  }

  #logFailure(object: WantedObject, err: unknown): void {
    const { log } = this.#options;
    const fields = { manifest: object.place, object: object.id };
    if (err instanceof ApplyRefused) {
      this.#logFaults(object, err.refusals, REFUSED);
    } else if (err instanceof StoreError && err.code === 'QuotaExceeded') {
      this.#logFaults(object, quotaProblems(err.details), DENIED);
    } else {
      log.error({ ...fields, err }, 'manifest cannot be applied: tried again at every look');
    }
  }
}

/** What the operator's policy does not allow; undefined when it allows all of it. */
function denialOf(policy: PolicySource, object: WantedObject): readonly Problem[] | undefined {
  const [job, place] =
    object.kind === 'Job'
      ? [object.request, below('spec')]
      : [object.request.spec.jobTemplate, below('spec', 'jobTemplate', 'spec')];
  return judge(policy, object.namespace, job, place)?.problems;
}

function isAway(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'Unavailable';
}
