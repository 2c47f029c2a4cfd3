import type { Delivery, Receiver } from '../support/receiver.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';

/** Refuses a share of all callbacks at random, and all of them while a fault says so. */
export class ChaosReceiver {
  always: 500 | 'hang' | undefined;
  readonly #receiver: Receiver;
  readonly #ledger: Ledger;
  readonly #random: Random;

  constructor(receiver: Receiver, ledger: Ledger, random: Random) {
    this.#receiver = receiver;
    this.#ledger = ledger;
    this.#random = random;
    receiver.answer = (delivery) => this.#answer(delivery);
  }

  /** Takes callbacks again; those that hang are cut. */
  recover(): void {
    const hung = this.always === 'hang';
    this.always = undefined;
    if (hung) this.#receiver.hangUp();
  }

  #answer({ path }: Delivery): number | 'hang' | 'reset' {
    if (this.always !== undefined) return this.always;
    if (this.#random.chance(0.06)) return this.#random.pick([500, 503, 404, 'reset'] as const);
    this.#ledger.delivered(path);
    return 200;
  }
}
