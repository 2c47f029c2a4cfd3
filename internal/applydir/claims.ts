/**
 * Which manifest an object belongs to: of those that ask for it the first by the name of its file, then by its place
 * in that. So it is the same one after a restart, and in every server with the same directory.
 */
export class Claims {
  readonly #claimants = new Map<string, { source: string; line: number; place: string }[]>();

  /** @param place of the manifest in its file, the `source`, from this line on. */
  claim(id: string, claimant: { source: string; line: number; place: string }): void {
    const others = this.#claimants.get(id) ?? [];
    this.#claimants.set(id, [...others, claimant].sort(byName));
  }

  /** The place of the manifest that has the object. */
  ownerOf(id: string): string | undefined {
    return this.#claimants.get(id)?.[0]?.place;
  }

  /** The manifests that ask for an object of another one's. */
  *conflicts(): Generator<{ id: string; place: string; owner: string }> {
    for (const [id, [owner, ...others]] of this.#claimants) {
      if (owner === undefined) continue;
      for (const { place } of others) yield { id, place, owner: owner.place };
    }
  }

  /**
   * The manifests of a file are no longer what they were.
   * @returns the objects that are another file's now.
   */
  release(source: string): Set<string> {
    const passed = new Set<string>();
    for (const [id, claimants] of this.#claimants) {
      const left = claimants.filter((it) => it.source !== source);
      if (left.length === 0) this.#claimants.delete(id);
      else this.#claimants.set(id, left);
      if (left[0] !== undefined && left[0] !== claimants[0]) passed.add(id);
    }
    return passed;
  }
}

function byName(a: { source: string; line: number }, b: { source: string; line: number }): number {
  if (a.source === b.source) return a.line - b.line;
  return a.source < b.source ? -1 : 1;
}
