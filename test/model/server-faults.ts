/** The calls of the Engine API that the model's server knows. */
export type CallName =
  | 'ping'
  | 'info'
  | 'listTasks'
  | 'taskLogs'
  | 'listServices'
  | 'createService'
  | 'inspectService'
  | 'inspectTask'
  | 'inspectContainer'
  | 'removeService'
  | 'listNodes'
  | 'inspectNetwork'
  | 'listNetworks'
  | 'listSecrets'
  | 'listConfigs'
  | 'inspectNode'
  | 'updateNode'
  | 'events';

/** What goes wrong with a call. Without any of it the call is as it should be. */
export interface Fault {
  /** Before the call is done. */
  delayMs?: number;
  /** It is never answered, nor done. */
  hang?: true;
  /** Answered with this status, and not done. */
  fail?: number;
  /** Done; the connection ends before the answer. */
  loseReply?: true;
  /** Done; the connection ends in the middle of the answer. */
  breakMidReply?: true;
}

export interface ScriptedFault extends Fault {
  call: CallName;
  /** How many of these calls it concerns; 1 by default. */
  times?: number;
}

export interface RandomFaults {
  random: () => number;
  /** Share of the calls that something goes wrong with. */
  share: number;
  /** One of these, each as likely; by default all kinds. */
  kinds?: readonly Fault[];
}

const KINDS: readonly Fault[] = [
  { fail: 500 },
  { fail: 503 },
  { loseReply: true },
  { breakMidReply: true },
  { delayMs: 200 },
  { hang: true },
];

/** Says what goes wrong with which call: first what is scripted, in its order, then by chance. */
export class Faults {
  readonly #script: (ScriptedFault & { times: number })[] = [];
  #random: RandomFaults | undefined;

  /** Adds faults for calls to come. */
  script(...faults: ScriptedFault[]): void {
    for (const fault of faults) this.#script.push({ times: 1, ...fault });
  }

  /** Makes things go wrong by chance; `undefined` ends it. */
  randomly(faults: RandomFaults | undefined): void {
    this.#random = faults;
  }

  /** What goes wrong with this call; it counts as made. */
  next(call: CallName): Fault {
    const scripted = this.#script.find((fault) => fault.call === call && fault.times > 0);
    if (scripted === undefined) return this.#byChance();
    scripted.times--;
    return scripted;
  }

  #byChance(): Fault {
    if (this.#random === undefined) return {};
    const { random, share, kinds = KINDS } = this.#random;
    if (random() >= share) return {};
    return kinds[Math.floor(random() * kinds.length)] ?? {};
  }
}
