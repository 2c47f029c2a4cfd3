import { Gauge, type Registry } from 'prom-client';
import type { Configuration } from '../httpapi/index.ts';

/** Files that an operator may set: of those that are not set nothing is wrong. */
const FILES = ['policy', 'access-file', 'registry-credentials', 'apply-dir'] as const;

/** What the operator's files came to, as it is when somebody asks. */
export class ConfigurationMetrics {
  #source: (() => Configuration) | undefined;

  constructor(registers: Registry[]) {
    const source = () => this.#source?.();
    const problemsOf = new Gauge({
      name: 'swarmer_configuration_problems',
      help: 'What is wrong with a file of the operator, which leaves in force what was right before',
      labelNames: ['file'],
      registers,
      async collect() {
        for (const { name: file, problems } of source()?.files ?? []) {
          this.set({ file }, (await problems()).length);
        }
      },
    });
    for (const file of FILES) problemsOf.set({ file }, 0);
    new Gauge({
      name: 'swarmer_policies',
      help: 'Different policies that processes of Swarmer hold: more than one is a fault',
      registers,
      collect() {
        const { policyHash, policies } = source() ?? {};
        if (policyHash === undefined) return;
        this.set(new Set([policyHash, ...(policies?.() ?? []).map(({ hash }) => hash)]).size);
      },
    });
  }

  /** Shows what this process knows from now on. */
  watch(source: () => Configuration): void {
    this.#source = source;
  }
}
