import type { ClusterReport, NodeWish, SwarmInventory } from '../../apis/index.ts';
import { StoreError } from '../../store/errors.ts';
import type { ForeignDecision, OperatorStore } from '../../store/ports.ts';

/** An operator's store in memory. */
export class FakeOperator implements OperatorStore {
  report: ClusterReport | undefined;
  readonly wishes = new Map<string, NodeWish>();
  readonly aside = new Map<string, string>();
  readonly foreign = new Map<string, { services: number; decision?: ForeignDecision }>();

  async quarantined() {
    return [...this.aside].map(([uid, message]) => ({ uid, message }));
  }

  /** What `inventory` answers from one call to the next; the last one stays. */
  readonly inventories: { inventory?: SwarmInventory; now: number }[] = [{ now: 0 }];

  async inventory() {
    const [first = { now: 0 }] = this.inventories;
    if (this.inventories.length > 1) this.inventories.shift();
    return first;
  }

  /** How often a look was asked for. */
  asked = 0;

  async askInventory(): Promise<void> {
    this.asked++;
  }

  async cluster() {
    return this.report === undefined ? { slotsUsed: 0 } : { slotsUsed: 0, report: this.report };
  }

  async nodeWishes() {
    return [...this.wishes.values()];
  }

  async wishNode(wish: NodeWish): Promise<void> {
    this.wishes.set(wish.node, wish);
  }

  async releaseJob(uid: string): Promise<void> {
    if (!this.aside.delete(uid)) throw new StoreError('NotFound', 'not set aside');
  }

  async foreignStores() {
    return [...this.foreign].map(([storeId, found]) => ({ storeId, ...found }));
  }

  async decideForeign(storeId: string, decision: ForeignDecision): Promise<void> {
    const found = this.foreign.get(storeId);
    if (found === undefined) throw new StoreError('NotFound', 'no such store');
    this.foreign.set(storeId, { ...found, decision });
  }
}
