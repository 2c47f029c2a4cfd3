import { StoreError } from '../../internal/store/index.ts';

/**
 * What becomes of the call that a process is about to make:
 * - `go`: it is made;
 * - `cut before`, `cut after`: the process is told that the store does not answer, and the call was not
 *   made, or was;
 * - `die after`: it is made, and the process is no more.
 */
export type Verdict = 'go' | 'cut before' | 'cut after' | 'die after';

/** Holds a process at each of its calls until it is told to go on: one that never is was killed. */
export class Gate {
  /** The call that it is about to make. */
  waitsAt = '';
  #resume: (verdict: Verdict) => void = () => undefined;
  #arrived: () => void = () => undefined;

  /** Begins the process. Resolves when it waits at its first call. */
  start(run: () => Promise<void>): Promise<void> {
    const arrived = this.#arrival();
    void run().finally(() => {
      this.waitsAt = 'the end';
      this.#arrived();
    });
    return arrived;
  }

  /** Lets the process make its call. Resolves when it waits at the next one, has ended, or is dead. */
  proceed(verdict: Verdict): Promise<void> {
    const arrived = this.#arrival();
    this.#resume(verdict);
    return arrived;
  }

  /** `T` with a gate before each of its methods. */
  guard<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (of, name) => {
        const member: unknown = Reflect.get(of, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => this.pass(String(name), () => member.apply(of, args));
      },
    });
  }

  async pass<T>(call: string, act: () => Promise<T>): Promise<T> {
    this.waitsAt = call;
    const verdict = await new Promise<Verdict>((resolve) => {
      this.#resume = resolve;
      this.#arrived();
    });
    if (verdict === 'cut before') throw new StoreError('Unavailable', `${call} was cut off`);
    const value = await act();
    if (verdict === 'cut after') throw new StoreError('Unavailable', `${call} was cut off late`);
    if (verdict === 'die after') await this.#die();
    return value;
  }

  #die(): Promise<never> {
    this.waitsAt = 'dead';
    this.#arrived();
    return new Promise(() => undefined);
  }

  #arrival(): Promise<void> {
    return new Promise((resolve) => {
      this.#arrived = resolve;
    });
  }
}
