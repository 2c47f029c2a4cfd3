import { expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { type ApplyDirStores, bringAbout } from './apply-object.ts';
import { jobText } from './testing/directory.ts';
import { FakeStores } from './testing/fake-stores.ts';
import { readWanted, type WantedObject } from './wanted.ts';

const clock = new FakeClock();

function wanted(text: string): WantedObject {
  const content = readWanted(text, 'a.yaml', () => ({ outputLimitBytes: 1024 }));
  if (!content.ok || content.objects[0] === undefined) throw new Error('it has no object');
  return content.objects[0];
}

it('makes one job when several servers bring the same one about at the same time', async () => {
  const fake = new FakeStores();
  const [a, b] = [wanted(jobText('one')), wanted(jobText('one'))];
  const outcomes = await Promise.all([
    bringAbout(fake.stores, clock, a, {}),
    bringAbout(fake.stores, clock, b, {}),
  ]);
  expect(outcomes.map(({ result }) => result)).toEqual(['created', 'unchanged']);
  expect(fake.made).toEqual(['one']);
});

it('repeats what a crash cut off before it was noted', async () => {
  const fake = new FakeStores();
  const { stores } = fake;
  const rememberApplied = () => Promise.reject(new Error('killed'));
  const crashing: ApplyDirStores = { ...stores, applied: { ...stores.applied, rememberApplied } };
  const object = wanted(jobText('one'));
  await expect(bringAbout(crashing, clock, object, {})).rejects.toThrow('killed');
  expect(await bringAbout(stores, clock, object, {})).toMatchObject({ result: 'unchanged' });
  expect(await bringAbout(stores, clock, object, {})).toEqual({ result: 'known' });
  expect(fake.made).toEqual(['one']);
});

it('notes nothing of what was refused', async () => {
  const fake = new FakeStores();
  await bringAbout(fake.stores, clock, wanted(jobText('one')), {});
  const other = wanted(jobText('one', ', args: [x]'));
  await expect(bringAbout(fake.stores, clock, other, {})).rejects.toThrow(/spec\.args/);
  await expect(bringAbout(fake.stores, clock, other, {})).rejects.toThrow(/spec\.args/);
});
