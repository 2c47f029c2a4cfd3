import { type Lab, startLab } from '../lab/lab.ts';
import { stopOnSignals } from '../lab/signals.ts';
import { Receiver } from '../support/receiver.ts';
import { Swarmer } from '../support/swarmer.ts';

/** The lease is as by default; the tests are impatient. */
const SETTINGS = { SWARMER_INSTANCE: 'bench', SWARMER_LEASE_SECONDS: '5' };

/** Swarmer with its embedded Redis on a private swarm of one node. */
export class RealEngine {
  readonly lab: Lab;
  readonly image = 'swarmer-lab/busybox:1';
  readonly receiver: Receiver;
  readonly swarmer: Swarmer;
  #jobs = 0;

  private constructor(lab: Lab, receiver: Receiver, swarmer: Swarmer) {
    this.lab = lab;
    this.receiver = receiver;
    this.swarmer = swarmer;
  }

  /** Lends one to `work`; nothing of it is left after. */
  static async with<T>(work: (engine: RealEngine) => Promise<T>): Promise<T> {
    const lab = await startLab({ swarm: true, images: ['busybox'] });
    const forgetSignals = stopOnSignals(() => lab.stop());
    const receiver = await Receiver.start();
    const swarmer = new Swarmer(lab, { env: SETTINGS });
    try {
      return await work(new RealEngine(lab, receiver, await swarmer.start()));
    } finally {
      forgetSignals();
      await swarmer.end();
      await receiver.stop();
      await lab.stop();
    }
  }

  /**
   * A job of so many tasks `true`, from POST to callback.
   * @param watch begins when the job was accepted.
   * @returns what the callback brought, and what was watched.
   */
  async runJob<T>(count: number, watch: (uid: string) => Promise<T | undefined> = noWatch) {
    const path = `/${++this.#jobs}`;
    const delivered = this.receiver.delivered(path);
    const tasks = Array.from({ length: count }, (_, i) => ({
      task_name: `t${i}`,
      task_args: ['true'],
    }));
    const callback_url = this.receiver.url(path);
    const postedAt = Date.now();
    const id = await this.swarmer.submit({ image_name: this.image, callback_url, tasks });
    const watching = watch(id);
    const { body } = await delivered;
    const deliveredAt = Date.now();
    const watched = await watching;
    if (body.__phase !== 'Complete') throw new Error(`a job ended ${body.__phase}`);
    return { id, body, postedAt, deliveredAt, watched };
  }
}

async function noWatch(): Promise<undefined> {
  return undefined;
}
