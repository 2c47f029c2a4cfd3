import { type Path, pathText } from '../apis/validation/index.ts';

/** Which field of the Kubernetes object a field of the manifest comes from. */
export class Origins {
  readonly #origins = new Map<string, Path>();

  set(ours: Path, theirs: Path): void {
    this.#origins.set(pathText(ours), theirs);
  }

  /**
   * Where the Kubernetes object has what stands at `path` of the manifest. What was not noted stands
   * where it stood.
   * @returns a path that was noted, and the text of what follows it.
   */
  of(path: string): { at: Path; rest: string } {
    for (let length = path.length; length > 0; length--) {
      const at = this.#origins.get(path.slice(0, length));
      // Not "spec.args" for "spec.argsOther".
      if (at !== undefined && /^(?:$|[.[])/.test(path.slice(length))) {
        return { at, rest: path.slice(length) };
      }
    }
    return { at: [], rest: path };
  }
}
