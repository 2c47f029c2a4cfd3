/** Answers that are kept for who asks a little later. */
const KEPT = 64;

/**
 * Lets those who ask the same share one answer: many who follow the changes of the store come to each
 * of them at the same time. For answers that stay right, however late somebody asks.
 */
export class SharedReads<T> {
  readonly #answers = new Map<string, Promise<T>>();
  readonly #lasts: (answer: T) => boolean;

  /** @param lasts tells of an answer whether it may be kept; else only those share it who wait for it. */
  constructor(lasts: (answer: T) => boolean = () => true) {
    this.#lasts = lasts;
  }

  /** The answer to a question, which `read` gives unless somebody has asked already. */
  get(question: string, read: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(question);
    if (known !== undefined) return known;
    const asked = read();
    this.#answers.set(question, asked);
    const forget = () => {
      if (this.#answers.get(question) === asked) this.#answers.delete(question);
    };
    asked.then((answer) => this.#lasts(answer) || forget(), forget);
    this.#dropOldest();
    return asked;
  }

  #dropOldest(): void {
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > KEPT && oldest !== undefined) this.#answers.delete(oldest);
  }
}
