/** Which manifest an object belongs to: the first that asked for it, until it no longer does. */
export class Claims {
  readonly #owners = new Map<string, { source: string; place: string }>();

  /**
   * @param place of the manifest in its file, the `source`.
   * @returns the place of the manifest that has the object: this one when it was free.
   */
  claim(id: string, source: string, place: string): string {
    const owner = this.#owners.get(id);
    if (owner !== undefined) return owner.place;
    this.#owners.set(id, { source, place });
    return place;
  }

  /** The manifests of a file are no longer what they were. */
  release(source: string): void {
    for (const [id, owner] of this.#owners) {
      if (owner.source === source) this.#owners.delete(id);
    }
  }
}
