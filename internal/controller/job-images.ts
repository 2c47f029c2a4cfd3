import type { CredentialName, ImageWish, PreparedImage, PullFailure } from '../apis/index.ts';
import type { ControllerStore } from '../store/index.ts';
import type { StepJob } from './attempt-steps.ts';
import type { Term } from './elector.ts';

/** What registries are asked. Its waits are bounded, and it never rejects. */
export interface ImageSource {
  /** The login for an image, and its digest where the job has none. */
  prepare(wish: ImageWish): Promise<PreparedImage>;
  /** Why an image could not be pulled. @param words swarm's. */
  explain(wish: ImageWish, words: string): Promise<PullFailure>;
  /** What jobs may choose; undefined while that cannot be told. */
  credentialNames(): Promise<CredentialName[] | undefined>;
}

interface JobImagesOptions {
  images: ImageSource;
  store: ControllerStore;
  term: Pick<Term, 'fence'>;
}

/** The image of each job as its attempts are to run it: the same bytes, once a registry has told which. */
export class JobImages {
  readonly #options: JobImagesOptions;
  /** Jobs whose image is being resolved: the attempts that start together wait for one answer. */
  readonly #preparing = new Map<string, Promise<PreparedImage>>();

  constructor(options: JobImagesOptions) {
    this.#options = options;
  }

  /** @returns what the attempt runs; `reference` is the job's for all of them. */
  async prepare(job: StepJob): Promise<PreparedImage> {
    if (job.status.image?.pinned) {
      const prepared = await this.#options.images.prepare(wishOf(job));
      return prepared.kind === 'refused'
        ? prepared
        : { ...prepared, reference: job.status.image.reference };
    }
    const { uid } = job.metadata;
    const under = this.#preparing.get(uid);
    if (under !== undefined) return under;
    const preparing = this.#resolve(job).finally(() => this.#preparing.delete(uid));
    this.#preparing.set(uid, preparing);
    return preparing;
  }

  explain(job: StepJob, words: string): Promise<PullFailure> {
    const { reference: image = job.spec.image } = job.status.image ?? {};
    return this.#options.images.explain({ ...wishOf(job), image }, words);
  }

  /** Stores what the image stands for, before anything runs it. */
  async #resolve(job: StepJob): Promise<PreparedImage> {
    const { images, store, term } = this.#options;
    const { uid } = job.metadata;
    const prepared = await images.prepare(wishOf(job));
    if (prepared.kind === 'refused') return prepared;
    const { reference, byTag } = prepared;
    if (reference !== undefined) {
      return { ...prepared, reference: await store.pinImage(term.fence, uid, reference) };
    }
    const told = job.status.image !== undefined;
    if (byTag !== undefined && !told) await store.noteByTag(term.fence, uid, byTag);
    return prepared;
  }
}

function wishOf({ metadata, spec, status }: StepJob): ImageWish {
  const { image, registryCredential: credential } = spec;
  return {
    ...{ image, namespace: metadata.namespace, pinned: status.image?.pinned ?? false },
    ...(credential === undefined ? {} : { credential }),
  };
}
