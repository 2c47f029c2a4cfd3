import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { ObjectKind } from '../kinds.ts';
import { type ListQuery, objectPages } from '../list-objects.ts';
import type { Options } from '../options.ts';
import type { Column } from '../output/column.ts';
import { CRON_JOB_COLUMNS, JOB_COLUMNS } from '../output/columns.ts';
import { parseFormat } from '../output/format.ts';
import { ObjectPrinter } from '../output/object-printer.ts';
import { apiPath } from '../path.ts';
import type { CronJob, Job } from '../resources.ts';
import { watchObjects } from '../watch-objects.ts';

type Printer = ObjectPrinter<Job | CronJob>;

/** Lists, or watches, jobs or cron jobs: all that are selected, or those of the names. */
export async function printObjects(
  context: Context,
  options: Options,
  kind: ObjectKind,
  names: readonly string[],
): Promise<undefined> {
  const query = await queryOf(context, options, kind, names);
  const printer = new ObjectPrinter<Job | CronJob>(
    context,
    parseFormat(options.text('output')),
    (kind === 'jobs' ? JOB_COLUMNS : CRON_JOB_COLUMNS) as readonly Column<Job | CronJob>[],
    { allNamespaces: query.namespace === undefined, noHeaders: options.negated('headers') },
  );
  const client = await context.client();
  if (options.flag('watch')) return watch(client, query, printer);
  if (names.length > 0) return printNamed(client, query, names, printer);
  await printList(client, query, printer);
  if (printer.count === 0) context.say(nothing(query));
  return undefined;
}

async function queryOf(
  context: Context,
  options: Options,
  kind: ObjectKind,
  names: readonly string[],
): Promise<ListQuery> {
  const everywhere = options.flag('allNamespaces');
  const labelSelector = options.text('selector');
  const fieldSelector = options.text('fieldSelector');
  if (
    names.length > 0 &&
    (everywhere || labelSelector !== undefined || fieldSelector !== undefined)
  ) {
    throw new UsageError('names cannot stand beside -A, -l or --field-selector');
  }
  if (names.length > 1 && options.flag('watch')) {
    throw new UsageError('-w watches all, a selector (-l), or one name');
  }
  const byName = options.flag('watch') && names[0] !== undefined;
  return {
    kind,
    namespace: everywhere ? undefined : await context.namespace(),
    labelSelector,
    fieldSelector: byName ? `metadata.name=${names[0]}` : fieldSelector,
  };
}

async function watch(client: Client, query: ListQuery, printer: Printer): Promise<undefined> {
  for await (const changes of watchObjects<Job | CronJob>(client, query)) {
    await printer.each(changes.map(({ object }) => object));
  }
  return undefined;
}

async function printList(client: Client, query: ListQuery, printer: Printer): Promise<void> {
  let head = {};
  for await (const { items, ...list } of objectPages<Job | CronJob>(client, query)) {
    head = { ...list, ...head };
    await printer.add(items);
  }
  await printer.end((items) => ({ ...head, items }));
}

async function printNamed(
  client: Client,
  { namespace = '', kind }: ListQuery,
  names: readonly string[],
  printer: Printer,
): Promise<undefined> {
  for (const name of names) {
    const path = apiPath(['namespaces', namespace, kind, name]);
    await printer.add([await client.get<Job | CronJob>(path)]);
  }
  await printer.end(documentOf);
  return undefined;
}

/** One object is printed as it is, several as a list. */
function documentOf(items: (Job | CronJob)[]) {
  const [only, ...more] = items;
  if (only !== undefined && more.length === 0) return only;
  return { apiVersion: 'swarmer/v1', kind: 'List', items };
}

function nothing({ namespace, kind }: ListQuery): string {
  const what = kind === 'jobs' ? 'jobs' : 'cron jobs';
  return namespace === undefined
    ? `There are no ${what}.`
    : `There are no ${what} in namespace "${namespace}".`;
}
