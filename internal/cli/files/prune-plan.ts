/** Which object: names are unique among those of a kind in a namespace. */
export interface ObjectRef {
  kind: string;
  namespace: string;
  name: string;
}

/** An object of the server, as far as pruning looks at it. */
export interface Candidate extends ObjectRef {
  /** Present on the jobs of a cron job: those come and go with it. */
  owner?: string | undefined;
}

/** What the selector finds and no file has, in the order given. */
export function planPrune<T extends Candidate>(
  found: readonly T[],
  kept: readonly ObjectRef[],
): T[] {
  const keep = new Set(kept.map(keyOf));
  return found.filter((object) => object.owner === undefined && !keep.has(keyOf(object)));
}

function keyOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind}/${namespace}/${name}`;
}
