import { vi } from 'vitest';
import type { FakeApi } from '../../testing/fake-api.ts';

/** Resolves as soon as somebody watches the fake server. */
export async function watched(api: FakeApi): Promise<void> {
  await vi.waitUntil(() => api.watchers > 0, { timeout: 30_000, interval: 5 });
}
