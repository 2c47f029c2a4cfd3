import { ROLES } from '../index.ts';
import { flag, integer, list, map, object, oneOf, type Schema, text, time } from './schema.ts';

const count: Schema<number> = { type: 'integer' };

const NODE = object(
  'A node.',
  {
    id: text('Its Swarm id.'),
    hostname: text('Its name.'),
    state: text('Such as `ready` or `down`, in the words of the engine.'),
    availability: text('Such as `active`, `pause` or `drain`, in the words of the engine.'),
    active: integer('Attempts that run on it.'),
  },
  {
    wish: oneOf(['drain', 'active'], 'What is wanted of it and not yet so.'),
    wishedAt: time('Since when.'),
    platform: text('Such as `linux/x86_64`: what `placement.platforms` asks for.'),
    genericResources: map(count, 'How many it has of what `genericResources` ask for.'),
  },
);

/** What the server and the swarm say of themselves. */
export const serverSchemas = {
  Node: NODE,
  Cluster: object(
    'Nodes and slots, as the leading controller published them last.',
    {
      nodes: list(
        NODE,
        'The nodes; none before the first report, or for who is bound to some namespaces only.',
      ),
      slots: object(
        'Attempts at one time, over all jobs.',
        { used: integer('Current attempts.') },
        { max: integer('The most there may be; absent before the first report.') },
      ),
    },
    { updatedAt: time('When it was published.') },
  ),
  Caller: object('Whoever sends the request.', {
    name: text('What the operator calls the token; `(anonymous)` where none is needed.'),
    role: oneOf([...ROLES], 'Each may do all that those before it may.'),
    namespaces: list(text('Name of a namespace, or `*` for all of them.'), 'What it is bound to.'),
  }),
  Configuration: object("The operator's files, as the process that answers sees them.", {
    files: list(
      object('A file.', {
        name: text('What it is for, as in `/readyz`.'),
        problems: list(
          text('One, with line and column.'),
          'What is wrong with it; what was right before stays in force.',
        ),
      }),
      'Those that are set.',
    ),
    policy: object('The policy, which all processes are to hold.', {
      hash: text('Of that of this process.'),
      processes: list(
        object('A process of Swarmer.', {
          process: text('Its role, host and number.'),
          hash: text('Of the policy that it holds.'),
          at: time('When it said so.'),
        }),
        'All that are there.',
      ),
    }),
  }),
  Quarantine: object('Jobs that were set aside.', {
    items: list(
      object('A job.', { uid: text('Its uid.'), message: text('What is wrong with its records.') }),
      'The jobs.',
    ),
  }),
  ForeignStores: object('Other stores whose services are on the swarm.', {
    items: list(
      object(
        'A store.',
        { storeId: text('Its id.'), services: integer('How many services.') },
        { decision: oneOf(['purge', 'adopt'], 'What was decided about them.') },
      ),
      'The stores.',
    ),
  }),
  Health: object('The process answers.', { status: oneOf(['ok'], 'Always ok.') }),
  Readiness: object('Whether all that the server needs works.', {
    ready: flag('Whether all of it does.'),
    checks: list(
      object(
        'One thing that it needs.',
        { name: text('What it is.'), ok: flag('Whether it works.') },
        {
          message: text('Why it does not.'),
          advisory: flag('The server is of use without it.'),
        },
      ),
      'All that it needs.',
    ),
  }),
  Version: object('The version of the server.', { version: text('Such as 1.2.3.') }),
};
