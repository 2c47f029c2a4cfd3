import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Behaviour } from '../model/behaviour.ts';

const PROGRAM = fileURLToPath(new URL('./model-process.ts', import.meta.url));

export type Calls = Record<string, number>;
export type TaskBehaviour = Partial<Behaviour> & { forever?: boolean };

/** The model engine, running in another process. It ends with this one. */
export class ModelProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(socketPath: string, behaviour: TaskBehaviour): Promise<ModelProcess> {
    const args = [socketPath, JSON.stringify(behaviour)];
    const child = fork(PROGRAM, args, { execArgv: ['--import', 'tsx'] });
    await once(child, 'message');
    return new ModelProcess(child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The calls that it has had so far, by name. */
  async calls(): Promise<Calls> {
    const answer = once(this.#child, 'message');
    this.#child.send('calls');
    const [calls] = (await answer) as [Calls];
    return calls;
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    await exit;
  }
}
