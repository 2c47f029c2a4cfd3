import type {
  CredentialName,
  ImageWish,
  LoginResult,
  PreparedImage,
  PullFailure,
  RegistryAnswer,
} from '../apis/index.ts';
import type { RegistryCredentials } from './credentials.ts';
import { hasDigest, registryOf, withDigest } from './image-reference.ts';
import type { ImageResolver } from './image-resolver.ts';
import { pullFailure } from './pull-failure.ts';

interface ImagesOptions {
  credentials: RegistryCredentials;
  resolver: ImageResolver;
  /** A registry has refused a login: what was kept of logins is to be asked for again. */
  onDenied: () => void;
}

/** The images of jobs, with what their registries ask and tell. */
export class Images {
  readonly #options: ImagesOptions;

  constructor(options: ImagesOptions) {
    this.#options = options;
  }

  /** Finds the login for an image, and its digest unless the job has it. */
  async prepare(wish: ImageWish): Promise<PreparedImage> {
    const found = await this.#options.credentials.find(wish);
    if (found.kind === 'refused') return found;
    const login = found.kind === 'found' ? { login: found.login } : {};
    if (wish.pinned || hasDigest(wish.image)) return { kind: 'ready', ...login };
    const answer = await this.#resolve(wish.image, found);
    if (answer.kind === 'found') {
      return { kind: 'ready', ...login, reference: withDigest(wish.image, answer.digest) };
    }
    return { kind: 'ready', ...login, byTag: reasonOf(answer, registryOf(wish.image), found) };
  }

  /** Why an image could not be pulled. @param words swarm's, on the task that it rejected. */
  async explain(wish: ImageWish, words: string): Promise<PullFailure> {
    const { image, pinned } = wish;
    const login = await this.#options.credentials.find(wish);
    const answer = await this.#resolve(image, login);
    return pullFailure({ words, registry: registryOf(image), login, answer, pinned });
  }

  credentialNames(): Promise<CredentialName[] | undefined> {
    return this.#options.credentials.names();
  }

  async #resolve(image: string, login: LoginResult): Promise<RegistryAnswer> {
    const known = login.kind === 'found' ? login.login : undefined;
    const answer = await this.#options.resolver.resolve(image, known);
    if (answer.kind === 'denied') this.#options.onDenied();
    return answer;
  }
}

function reasonOf(
  answer: Exclude<RegistryAnswer, { kind: 'found' }>,
  registry: string,
  login: LoginResult,
): string {
  if (login.kind === 'failed') return login.message;
  switch (answer.kind) {
    case 'missing':
      return `registry ${registry} has no such image`;
    case 'denied':
      return login.kind === 'found'
        ? `registry ${registry} refuses ${login.login.source}`
        : `registry ${registry} asks for a login, and none is set up for it`;
    case 'busy':
    case 'silent':
      return `registry ${registry} gave no answer: ${answer.message}`;
  }
}
