/** True when entry id `a` (`<ms>-<number>`, or `<ms>` alone) is later in a stream than `b`. */
export function isAfter(a: string, b: string): boolean {
  const [aMs, aNumber] = parts(a);
  const [bMs, bNumber] = parts(b);
  return aMs === bMs ? aNumber > bNumber : aMs > bMs;
}

function parts(id: string): [bigint, bigint] {
  const [ms = '0', number = '0'] = id.split('-');
  return [BigInt(ms), BigInt(number)];
}
