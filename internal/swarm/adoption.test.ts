import { describe, expect, it } from 'vitest';
import { attemptLabels } from '../apis/index.ts';
import { adoption } from './adoption.ts';
import { EngineError } from './engine-error.ts';
import { serviceSpec } from './service-spec.ts';

const owner = { instance: 'default', storeId: '01STORE' };
const id = { jobUid: '01JGFJJZ000000000000000000', index: 0, attempt: 1 };
const spec = serviceSpec({
  owner,
  id,
  job: { image: 'alpine:3', backoffLimit: 0, lossLimit: 10, outputLimitBytes: 1000 },
  task: { name: 'one', args: [] },
});
const conflict = new EngineError('NameConflict', 'it already exists', { status: 409 });
const found = (labels: Record<string, string>, name = spec.Name) => [{ id: 's1', name, labels }];

describe('a name that is taken', () => {
  it.each([
    ['in its own case', spec.Name],
    ['in another case', spec.Name.toUpperCase()],
  ])("is the attempt's own by the values of its labels, %s", (_, name) => {
    const labels = { ...spec.Labels, 'set.by.somebody': 'else' };
    expect(adoption(spec, found(labels, name), conflict)).toEqual({ id: 's1', adopted: true });
  });

  it.each([
    ['another store', attemptLabels({ ...owner, storeId: '01OTHER' }, id)],
    ['another installation', attemptLabels({ ...owner, instance: 'other' }, id)],
    ['another attempt', attemptLabels(owner, { ...id, attempt: 2 })],
    ['nobody', {}],
  ])('is not adopted from %s, though its labels have the same names', (_, labels) => {
    expect(() => adoption(spec, found(labels), conflict)).toThrow(
      expect.objectContaining({ code: 'NameConflict', status: 409 }),
    );
  });

  it('that is free again by now is tried again', () => {
    expect(() => adoption(spec, [], conflict)).toThrow(
      expect.objectContaining({ code: 'Unavailable' }),
    );
  });
});
