import type { NodeWish } from '../apis/index.ts';
import type { StoreConnection } from './connection.ts';
import type { Fence } from './ports.ts';
import { tell } from './tell.ts';

/** What operators want of nodes: written by the API, ended by the leading controller. */
export class NodeWishes {
  readonly #connection: StoreConnection;

  constructor(connection: StoreConnection) {
    this.#connection = connection;
  }

  async list(): Promise<NodeWish[]> {
    const { nodeWishes } = this.#connection.keys;
    const found = await this.#connection.read((redis) => redis.hgetall(nodeWishes));
    return Object.entries(found).flatMap(([node, text]) => decode(node, text) ?? []);
  }

  /** Takes the place of what was wanted of the node before, and has the controller look at it. */
  async put(wish: NodeWish): Promise<void> {
    const { nodeWishes } = this.#connection.keys;
    await tell(this.#connection, 'nodes', (multi) =>
      multi.hset(nodeWishes, wish.node, encode(wish)),
    );
  }

  async end(fence: Fence, wish: NodeWish): Promise<void> {
    const { lease, nodeWishes } = this.#connection.keys;
    const args = [fence.token, wish.node, encode(wish)];
    await this.#connection.transition('end_wish', [lease, nodeWishes], args);
  }
}

/** The same wish is the same text: a wish is ended by comparing it. */
function encode({ wish, at }: NodeWish): string {
  return `${wish} ${at}`;
}

/** A wish that cannot be read is none: nothing happens to the node, and another may be put there. */
function decode(node: string, text: string): NodeWish | undefined {
  const [, wish, at] = /^(drain|active) (\d+)$/.exec(text) ?? [];
  if (wish !== 'drain' && wish !== 'active') return undefined;
  return { node, wish, at: Number(at) };
}
