/** How often a kind of side effect happened, and how often a process was killed around it. */
export interface KindCount {
  seen: number;
  crashedBefore: number;
  crashedAfter: number;
}
export type CoverageTable = Record<string, KindCount>;

/** Counts side effects and the crashes around them. */
export class Coverage {
  readonly table: CoverageTable = {};

  count(kind: string, what: keyof KindCount): void {
    this.#of(kind)[what] += 1;
  }

  merge(other: CoverageTable): void {
    for (const [kind, counts] of Object.entries(other)) {
      const own = this.#of(kind);
      own.seen += counts.seen;
      own.crashedBefore += counts.crashedBefore;
      own.crashedAfter += counts.crashedAfter;
    }
  }

  /** Kinds that happened and around which nobody was killed, each with the side that is missing. */
  gaps(): string[] {
    return Object.entries(this.table).flatMap(([kind, { crashedBefore, crashedAfter }]) => [
      ...(crashedBefore === 0 ? [`before ${kind}`] : []),
      ...(crashedAfter === 0 ? [`after ${kind}`] : []),
    ]);
  }

  /** A line for each kind, and one that sums them up. */
  report(): string[] {
    const kinds = Object.entries(this.table).sort(([a], [b]) => (a < b ? -1 : 1));
    const rows = kinds.map(([kind, { seen, crashedBefore, crashedAfter }]) =>
      [kind.padEnd(34), count(seen), count(crashedBefore), count(crashedAfter)].join(''),
    );
    const total = kinds.reduce((sum, [, { seen }]) => sum + seen, 0);
    const crashes = kinds.reduce((sum, [, it]) => sum + it.crashedBefore + it.crashedAfter, 0);
    return [
      ['side effect'.padEnd(34), 'seen', 'crash before', 'crash after'].join('  '),
      ...rows,
      `${kinds.length} distinct side effects, ${total} in all; ${crashes} crashes around them`,
    ];
  }

  #of(kind: string): KindCount {
    const counts = this.table[kind] ?? { seen: 0, crashedBefore: 0, crashedAfter: 0 };
    this.table[kind] = counts;
    return counts;
  }
}

function count(number: number): string {
  return String(number).padStart(12);
}
