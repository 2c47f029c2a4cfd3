import { type FileReference, fileReference } from '../apis/index.ts';
import { type Path, quoted } from '../apis/validation/index.ts';
import { matchesAny } from './pattern.ts';
import { type Judge, listed, type Refusal } from './refusal.ts';

/** The secrets and configs of the swarm that a task reads. */
export const judgeSwarmFiles: Judge = function* ({ secrets, configs }, { spec }) {
  yield* judgeFiles('secrets', secrets.allow, spec.secrets);
  yield* judgeFiles('configs', configs.allow, spec.configs);
};

function* judgeFiles(
  kind: 'secrets' | 'configs',
  allow: readonly string[],
  given: readonly (string | FileReference)[] = [],
): Generator<Refusal> {
  for (const [index, entry] of given.entries()) {
    const { source } = fileReference(entry);
    if (matchesAny(allow, source)) continue;
    const at: Path = [kind, index, ...(typeof entry === 'string' ? [] : ['source'])];
    const wrong = `${quoted(source)} is not one of them`;
    yield { rule: `${kind}.allow`, at, wrong, allowed: listed(allow) };
  }
}
