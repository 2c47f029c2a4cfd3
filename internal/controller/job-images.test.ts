import { beforeEach, expect, it } from 'vitest';
import type { ImageWish, PreparedImage } from '../apis/index.ts';
import type { ControllerStore } from '../store/index.ts';
import type { StepJob } from './attempt-steps.ts';
import { JobImages } from './job-images.ts';

const DIGEST = 'app:1@sha256:1';

let wishes: ImageWish[];
let written: string[];
/** What the registry gives next. */
let answer: PreparedImage;
/** What another leader has stored already. */
let stored: string | undefined;
let images: JobImages;

beforeEach(() => {
  [wishes, written, stored, answer] = [[], [], undefined, { kind: 'ready', reference: DIGEST }];
  const store: Pick<ControllerStore, 'pinImage' | 'noteByTag'> = {
    async pinImage(_fence, _uid, reference) {
      written.push(`pin ${reference}`);
      return stored ?? reference;
    },
    async noteByTag(_fence, _uid, why) {
      written.push(`by tag: ${why}`);
    },
  };
  images = new JobImages({
    images: {
      async prepare(wish) {
        wishes.push(wish);
        return answer;
      },
      credentialNames: async () => [],
      async explain({ image }, words) {
        return { reason: 'Rejected', message: `${image}: ${words}` };
      },
    },
    store: store as ControllerStore,
    term: { fence: { token: 1 } },
  });
});

function job(image?: StepJob['status']['image'], registryCredential?: string): StepJob {
  return {
    metadata: { uid: 'J', namespace: 'team' },
    spec: {
      ...{ image: 'app:1', backoffLimit: 0, lossLimit: 10, outputLimitBytes: 1 },
      ...(registryCredential === undefined ? {} : { registryCredential }),
    },
    status: image === undefined ? {} : { image },
  };
}

it('stores the digest before anything runs it, once for the attempts that start together', async () => {
  const prepared = await Promise.all([1, 2, 3].map(() => images.prepare(job(undefined, 'mine'))));
  expect(prepared).toEqual(Array(3).fill({ kind: 'ready', reference: DIGEST }));
  expect(written).toEqual([`pin ${DIGEST}`]);
  const wish = { image: 'app:1', namespace: 'team', credential: 'mine', pinned: false };
  expect(wishes).toEqual([wish]);
});

it('runs the digest that was stored first, not the one that it was told', async () => {
  stored = 'app:1@sha256:0';
  expect(await images.prepare(job())).toMatchObject({ reference: stored });
});

it('asks for no digest again once there is one', async () => {
  const prepared = await images.prepare(job({ reference: DIGEST, pinned: true }));
  expect(prepared).toEqual({ kind: 'ready', reference: DIGEST });
  expect(wishes).toMatchObject([{ pinned: true }]);
  expect(written).toEqual([]);
});

it('says once why it runs by tag, and takes the digest when it comes', async () => {
  answer = { kind: 'ready', byTag: 'no answer' };
  expect(await images.prepare(job())).toEqual(answer);
  const byTag = { reference: 'app:1', pinned: false };
  await images.prepare(job(byTag));
  answer = { kind: 'ready', reference: DIGEST };
  expect(await images.prepare(job(byTag))).toEqual(answer);
  expect(written).toEqual(['by tag: no answer', `pin ${DIGEST}`]);
});

it('stores nothing for a job that must not run', async () => {
  answer = { kind: 'refused', message: 'no such credential' };
  expect(await images.prepare(job())).toEqual(answer);
  const pinned = job({ reference: DIGEST, pinned: true });
  expect(await images.prepare(pinned)).toEqual(answer);
  expect(written).toEqual([]);
});

it('asks after a failed pull for what was to be run', async () => {
  const pinned = job({ reference: DIGEST, pinned: true });
  expect((await images.explain(pinned, 'none')).message).toBe(`${DIGEST}: none`);
  expect((await images.explain(job(), 'none')).message).toBe('app:1: none');
});
