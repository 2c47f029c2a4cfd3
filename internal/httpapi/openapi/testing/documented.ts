import * as z from 'zod';
import type { JsonSchema } from '../../../apis/validation/index.ts';
import { type OpenApiDocument, type OperationObject, openApiDocument } from '../document.ts';
import type { Answer, MediaType } from '../types.ts';

/** An answer of the API, as supertest and `fetch` have it. */
export interface Given {
  method: string;
  /** With or without a query. */
  path: string;
  status: number;
  /** Its Content-Type. */
  type: string | undefined;
  body: unknown;
}

/** The document, and whether what the API sends is what it says. */
export class Documented {
  readonly document: OpenApiDocument = openApiDocument('1.2.3');
  /** Ids of the calls of which an answer other than a refusal was checked. */
  readonly checked = new Set<string>();
  readonly #$defs: Record<string, JsonSchema>;

  constructor() {
    const { schemas } = this.document.components;
    this.#$defs = Object.fromEntries(
      Object.entries(schemas).map(([name, schema]) => [name, closed(schema)]),
    );
  }

  /** What is different from the document: nothing when all is well. */
  problemsOf({ method, path, status, type, body }: Given): string[] {
    const operation = this.operationAt(method, path);
    if (operation === undefined) return [`${method} ${path} is not documented`];
    const answer = this.#answerOf(operation, status);
    if (answer === undefined) return [`${method} ${path}: ${status} is not documented`];
    if (status < 400) this.checked.add(operation.operationId);
    const media = mediaOf(answer, type);
    if (media === undefined) {
      return type === undefined && answer.content === undefined
        ? []
        : [`${method} ${path}: ${status} with ${type} is not documented`];
    }
    return this.mismatches(media.schema, body);
  }

  /** The same of the data of a server-sent event. */
  problemsOfEvent(method: string, path: string, event: string, data: unknown): string[] {
    const operation = this.operationAt(method, path);
    const answer = operation && this.#answerOf(operation, 200);
    const kinds = answer?.content?.['text/event-stream']?.['x-events'] ?? [];
    const kind = kinds.find((it) => it.event === event);
    if (kind === undefined) return [`${method} ${path}: the event ${event} is not documented`];
    return this.mismatches(kind.schema, data);
  }

  /** Where a value is not as a schema says. Members that it does not name count. */
  mismatches(schema: JsonSchema, value: unknown): string[] {
    const checker = z.fromJSONSchema(
      relocated({ ...closed(schema), $defs: this.#$defs }) as z.core.JSONSchema.JSONSchema,
    );
    const { error } = checker.safeParse(value);
    return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
  }

  operationAt(method: string, path: string): OperationObject | undefined {
    const [given = ''] = path.split('?');
    const found = Object.entries(this.document.paths).find(([template, methods]) => {
      const pattern = template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+');
      return method in methods && new RegExp(`^${pattern}$`).test(given);
    });
    return found?.[1][method];
  }

  #answerOf({ responses }: OperationObject, status: number): Answer | undefined {
    const response = responses[String(status)];
    if (response === undefined || !('$ref' in response)) return response;
    return this.document.components.responses[response.$ref.split('/').at(-1) ?? ''];
  }
}

function mediaOf({ content = {} }: Answer, type: string | undefined): MediaType | undefined {
  return content[type?.split(';')[0] ?? ''];
}

/** The schema without room for members that it does not name. */
function closed(schema: JsonSchema): JsonSchema {
  const { properties, items, anyOf } = schema;
  const members = Object.entries(properties ?? {}).map(([name, it]) => [name, closed(it)]);
  return {
    ...(properties === undefined ? {} : { additionalProperties: false }),
    ...schema,
    ...(properties === undefined ? {} : { properties: Object.fromEntries(members) }),
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(Array.isArray(anyOf) ? { anyOf: anyOf.map(closed) } : {}),
  };
}

/** Components stand elsewhere in a schema of its own. */
function relocated(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/'));
}
