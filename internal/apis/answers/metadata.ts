import { integer, list, map, object, oneOf, type Schema, text, time } from './schema.ts';

const word: Schema<string> = { type: 'string' };
const anything: Schema<unknown> = {};

const OwnerReference = object('The cron job that made the job.', {
  kind: oneOf(['CronJob'], 'Its kind.'),
  name: text('Its name.'),
  uid: text('Its uid.'),
});

/** What all objects have in common. */
export const metadataSchemas = {
  ObjectMetadata: object(
    'Who an object is.',
    {
      namespace: text('Namespace of the name.'),
      name: text('Unique among the objects of its kind in the namespace.'),
      uid: text('A ULID: unique for ever, and in order of creation.'),
      resourceVersion: text('Grows with every change, over all objects. A decimal number.'),
      creationTimestamp: time('When it was accepted.'),
    },
    {
      labels: map(word, 'What objects are selected by.'),
      annotations: map(word, 'Texts for people and tools.'),
      ownerReference: OwnerReference,
      deletionTimestamp: time('When its removal was asked for.'),
    },
  ),
  ListMetadata: object(
    'Where a list stands.',
    { resourceVersion: text('Whoever watches from this version on misses nothing.') },
    { continue: text('Send it as `continue` for the next page; absent on the last one.') },
  ),
  PageMetadata: object(
    'Where a page ends.',
    {},
    { continue: text('Send it as `continue` for the next page; absent on the last one.') },
  ),
  FieldChange: object(
    'A field that an apply changes.',
    { path: text('Such as `spec.parallelism`.') },
    {
      from: { ...anything, description: 'What it was; absent when it was not set.' },
      to: { ...anything, description: 'What it becomes; absent when it is no longer set.' },
    },
  ),
  Bookmark: object('How far a watch has come.', {
    type: oneOf(['BOOKMARK'], 'As the event.'),
    object: object('Nothing but a version.', {
      kind: oneOf(['Job', 'CronJob'], 'Kind of the objects that are watched.'),
      metadata: object('Its version.', {
        resourceVersion: text('All changes up to this one were sent.'),
      }),
    }),
  }),
  Empty: object('Nothing: the request was accepted.', {}),
  Created: object('The job that was accepted.', { id: text('Its uid, a ULID.') }),
  Problem: object(
    'Why a request was refused, as RFC 9457 has it.',
    {
      type: text('Always `about:blank`: the status says all.'),
      title: text('The name of the status.'),
      status: integer('The HTTP status.'),
      detail: text('What was wrong, and what to do.'),
    },
    {
      errors: list(
        object('A problem of one field.', {
          path: text('Such as `spec.tasks[3].name`; `body` for all of it.'),
          message: text('What it must be.'),
        }),
        'What is wrong with the body, at most the first 100.',
      ),
    },
  ),
};
