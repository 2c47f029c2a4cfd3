/** Lines that stay (` `), go (`-`) or come (`+`). */
export interface Edit {
  kind: ' ' | '-' | '+';
  line: string;
}

/** Most edits that are looked for: beyond, the middle is shown as replaced. Bounds time and memory. */
const MOST_EDITS = 1000;

/** The fewest edits from `before` to `after`. See E. Myers, An O(ND) Difference Algorithm (1986). */
export function lineEdits(before: readonly string[], after: readonly string[]): Edit[] {
  const head = commonHead(before, after);
  const tail = commonTail(before.slice(head), after.slice(head));
  const [a, b] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  return [
    ...edits(' ', before.slice(0, head)),
    ...(shortest(a, b) ?? [...edits('-', a), ...edits('+', b)]),
    ...edits(' ', before.slice(before.length - tail)),
  ];
}

function edits(kind: Edit['kind'], lines: readonly string[]): Edit[] {
  return lines.map((line) => ({ kind, line }));
}

function commonHead(a: readonly string[], b: readonly string[]): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  while (count < most && a[count] === b[count]) count++;
  return count;
}

function commonTail(a: readonly string[], b: readonly string[]): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  while (count < most && a[a.length - 1 - count] === b[b.length - 1 - count]) count++;
  return count;
}

/** How far each diagonal got: x by diagonal k = x - y. */
type Reach = ReadonlyMap<number, number>;

function shortest(a: readonly string[], b: readonly string[]): Edit[] | undefined {
  const reached: Reach[] = [];
  for (let d = 0; d <= Math.min(a.length + b.length, MOST_EDITS); d++) {
    const before = reached[d - 1] ?? new Map([[1, 0]]);
    const reach = new Map<number, number>();
    reached.push(reach);
    for (let k = -d; k <= d; k += 2) {
      const x = slide(a, b, step(before, k, d).x, k);
      reach.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, reached);
    }
  }
  return undefined;
}

/** The edit that leads to diagonal `k`: down is an added line, else one is removed. */
function step(before: Reach, k: number, d: number): { down: boolean; x: number } {
  const [left, above] = [before.get(k - 1) ?? -1, before.get(k + 1) ?? -1];
  const down = k === -d || (k !== d && left < above);
  return down ? { down, x: above } : { down, x: left + 1 };
}

function slide(a: readonly string[], b: readonly string[], from: number, k: number): number {
  let x = from;
  while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
  return x;
}

function walkBack(a: readonly string[], b: readonly string[], reached: readonly Reach[]): Edit[] {
  const found: Edit[] = [];
  let [x, y] = [a.length, b.length];
  const stay = (until: number): void => {
    for (; x > until; x--, y--) found.push({ kind: ' ', line: a[x - 1] ?? '' });
  };
  for (let d = reached.length - 1; d > 0; d--) {
    const edit = step(reached[d - 1] ?? new Map(), x - y, d);
    stay(edit.x);
    const line = (edit.down ? b[y - 1] : a[x - 1]) ?? '';
    found.push({ kind: edit.down ? '+' : '-', line });
    if (edit.down) y--;
    else x--;
  }
  stay(0);
  return found.reverse();
}
