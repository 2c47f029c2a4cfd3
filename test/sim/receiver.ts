import type { Post, SendPost } from '../../internal/callback/post.ts';
import type { Effects } from './effects.ts';
import type { Answer, JobPlan } from './scenario.ts';
import type { SimProcess } from './sim-process.ts';

/** What came in for one webhook-id. */
export interface Received {
  bodies: Set<string>;
  posts: number;
  /** POSTs that were answered with a 2xx. */
  taken: number;
}

/** Where callbacks go: keeps every body, and answers as the scenario says. */
export class Receiver {
  readonly #byId = new Map<string, Received>();
  readonly #answers: Map<string, Answer[]>;

  constructor(jobs: readonly JobPlan[]) {
    this.#answers = new Map(jobs.map(({ name, answers }) => [`/${name}`, [...answers]]));
  }

  of(webhookId: string): Received {
    return this.#byId.get(webhookId) ?? { bodies: new Set(), posts: 0, taken: 0 };
  }

  get ids(): string[] {
    return [...this.#byId.keys()];
  }

  /** What a process sends with. */
  sender(process: SimProcess, effects: Effects): SendPost {
    return async (post) => {
      const body = await textOf(post);
      const id = post.headers['webhook-id'] ?? '';
      return effects.call(process, 'receiver', 'post', [id], async () => {
        const answer = this.#answers.get(post.url.pathname)?.shift() ?? 'take';
        if (answer === 'refuse') throw new Error('connect ECONNREFUSED');
        const received = this.of(id);
        this.#byId.set(id, received);
        received.bodies.add(body);
        received.posts += 1;
        if (answer === 'take') received.taken += 1;
        return replyOf(answer);
      });
    };
  }
}

function replyOf(answer: Answer) {
  if (answer === 'lost') throw new Error('read ECONNRESET');
  const status = { take: 204, error: 500, busy: 429, refuse: 500, gone: 410 }[answer];
  return { status, retryAfter: answer === 'busy' ? '3' : undefined };
}

async function textOf({ body }: Post): Promise<string> {
  if (Buffer.isBuffer(body)) return body.toString();
  let text = '';
  for await (const chunk of body) text += chunk;
  return text;
}
