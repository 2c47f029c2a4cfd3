import type { LoginResult, PullFailure, RegistryAnswer } from '../apis/index.ts';

/** What is known once swarm has said that a node has no such image. */
export interface PullEvidence {
  /** Swarm's words: the same for every cause. */
  words: string;
  registry: string;
  /** The login that there is for it now. */
  login: LoginResult;
  /** What the registry says now. */
  answer: RegistryAnswer;
  /** True when the registry has given the job its digest: then it is no stranger. */
  pinned: boolean;
}

/**
 * Why an image could not be pulled. `RegistryUnavailable` and `PullFailed` are tried again.
 * A registry that is silent is a failure that passes only where it has answered before: on a machine
 * without a network every registry is silent, and always.
 */
export function pullFailure(evidence: PullEvidence): PullFailure {
  const { words, registry, login, answer, pinned } = evidence;
  const because = (reason: PullFailure['reason'], why: string) => ({
    reason,
    message: `${words}; ${why}`,
  });
  if (login.kind === 'refused') return because('RegistryDenied', login.message);
  switch (answer.kind) {
    case 'found':
      return because('PullFailed', `registry ${registry} has it: its node could not pull it`);
    case 'busy':
      return because(
        'RegistryUnavailable',
        `registry ${registry} cannot answer now: ${answer.message}`,
      );
    case 'missing':
      return because('Rejected', `registry ${registry} has no such image`);
    case 'denied':
      return login.kind === 'failed'
        ? because(login.passing ? 'RegistryUnavailable' : 'RegistryDenied', login.message)
        : because('RegistryDenied', denial(registry, login));
    case 'silent':
      return because(
        pinned ? 'RegistryUnavailable' : 'Rejected',
        `registry ${registry} gave no answer: ${answer.message}`,
      );
  }
}

function denial(registry: string, login: LoginResult): string {
  return login.kind === 'found'
    ? `registry ${registry} refuses ${login.login.source}`
    : `registry ${registry} asks for a login, and none is set up for it (some ask so for an image that they do not have)`;
}
