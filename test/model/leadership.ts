/** Whether the managers have a leader. What only a leader does waits while there is none. */
export class Leadership {
  #present = true;
  #waiting: (() => void)[] = [];

  get isPresent(): boolean {
    return this.#present;
  }

  /** Does it now, or when there is a leader again. */
  whenLed(act: () => void): void {
    if (this.#present) act();
    else this.#waiting.push(act);
  }

  lose(): void {
    this.#present = false;
  }

  regain(): void {
    this.#present = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const act of waiting) this.whenLed(act);
  }
}
