import * as z from 'zod';
import { cronJobManifest } from './cron-manifest.ts';
import { jobManifest } from './job-manifest.ts';
import { manifestTask } from './job-spec.ts';
import { report } from './report.ts';
import { retry } from './retry.ts';
import { submission } from './submission.ts';
import { addition, originalTask } from './tasks.ts';

/** A JSON Schema of draft 2020-12, which is that of OpenAPI 3.1. */
export interface JsonSchema {
  description?: string;
  type?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  default?: unknown;
  [keyword: string]: unknown;
}

/** The kinds of manifest as JSON Schemas, from the schemas that check them. */
export function manifestSchemas(): { Job: JsonSchema; CronJob: JsonSchema } {
  return { Job: schemaOf(jobManifest), CronJob: schemaOf(cronJobManifest) };
}

/** The original's bodies as JSON Schemas, from the schemas that check them. */
export function originalSchemas(): {
  Submission: JsonSchema;
  TasksAddition: JsonSchema;
  Report: JsonSchema;
} {
  return {
    Submission: schemaOf(submission, originalTask),
    TasksAddition: schemaOf(addition, originalTask),
    Report: schemaOf(report),
  };
}

/** The body of a retry as a JSON Schema, from the schema that checks it. */
export function retrySchema(): JsonSchema {
  return convert(retry);
}

/** @returns the schema; tasks, which are checked one by one, are filled in. */
function schemaOf(schema: z.ZodType, task: z.ZodType = manifestTask): JsonSchema {
  return withTasks(convert(schema), convert(task));
}

function convert(schema: z.ZodType): JsonSchema {
  // What is checked by hand says of itself, in its `meta`, what it is.
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
  return rest as JsonSchema;
}

function withTasks(schema: JsonSchema, task: JsonSchema): JsonSchema {
  const properties = Object.entries(schema.properties ?? {}).map(([name, member]) => [
    name,
    name === 'tasks' ? { ...member, items: task } : withTasks(member, task),
  ]);
  return schema.properties === undefined
    ? schema
    : { ...schema, properties: Object.fromEntries(properties) };
}
