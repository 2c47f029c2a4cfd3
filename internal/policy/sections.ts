import * as z from 'zod';
import { capabilityName, MOUNT_TYPES, PROPAGATIONS, sizeBytes } from '../apis/index.ts';
import { breaking, object } from '../apis/validation/fields.ts';
import { CAPABILITIES, ULIMITS } from '../apis/validation/linux-names.ts';
import { integer, oneOf, policyFields } from '../apis/validation/policy-fields.ts';
import { limits, resources } from '../apis/validation/resource-fields.ts';
import { LIMITS } from '../apis/validation/rules.ts';
import { templateFields } from '../apis/validation/template-fields.ts';
import { valueMap } from '../apis/validation/text-map.ts';
import { isAllowEntry } from './addresses/allow-list.ts';
import { isCidr } from './addresses/refused-ranges.ts';
import { hostPath } from './host-path.ts';
import { isImagePattern } from './image.ts';
import { REQUIRED_RESOURCES } from './rules.ts';

/** Entries of one list of the file. */
const MOST_ENTRIES = 1000;

/** A list of texts that follow a rule, which is to be read after "must be". */
function texts(rule: string, follows: (text: string) => boolean) {
  const words = breaking(`a list of at most ${MOST_ENTRIES}`);
  const entry = z.string({ error: breaking(rule) }).refine(follows, { error: breaking(rule) });
  return z.array(entry, { error: words }).max(MOST_ENTRIES, { error: words }).optional();
}

const names = (what: string) =>
  texts(`a pattern of names of ${what}`, (text) => /^[^\s]{1,255}$/.test(text));

const hostPaths = () =>
  texts('an absolute path on the nodes, without ".."', (text) => {
    return text.startsWith('/') && hostPath(text) !== undefined;
  });

function choices<const T extends readonly string[]>(values: T) {
  const words = breaking(`a list of ${values.join(', ')}`);
  return z.array(oneOf(values), { error: words }).max(MOST_ENTRIES, { error: words }).optional();
}

function isCapability(text: string): boolean {
  const name = capabilityName(text);
  return name === 'ALL' || CAPABILITIES.includes(name.replace(/^CAP_/, ''));
}

const capabilities = () => texts('the name of a capability, or "ALL"', isCapability);

function ulimitProblem(name: string, value: unknown): string | undefined {
  if (!ULIMITS.includes(name)) return `must be one of ${ULIMITS.join(', ')}`;
  const isLimit = Number.isSafeInteger(value) && (value as number) >= -1;
  return isLimit ? undefined : 'must be an integer from -1, which is no limit';
}

const flag = z.boolean({ error: breaking('true or false') }).optional();
const SIZE = 'a size such as "16m"';
const size = z
  .string({ error: breaking(SIZE) })
  .refine((text) => sizeBytes(text) !== undefined, { error: breaking(SIZE) })
  .optional();
const most = integer(0, Number.MAX_SAFE_INTEGER).optional();

function section<T extends z.core.$ZodLooseShape>(shape: T) {
  const fields = Object.keys(shape).map((name) => `"${name}"`);
  return object(`an object with ${fields.join(', ')}`, shape).optional();
}

const images = section({
  allow: texts(
    'a pattern of image references such as "registry.example.com/team/**"',
    isImagePattern,
  ),
  requireDigest: flag,
  credentials: names('registry credentials'),
});

const HOST = 'a host name, "*.suffix", address or CIDR';
const hosts = () => texts(`${HOST}, or "*" for all`, (text) => text === '*' || isAllowEntry(text));
const callbacks = section({
  hosts: hosts(),
  networks: texts('an address or CIDR such as "10.0.0.0/8"', isCidr),
  private: texts(`${HOST} that callbacks may reach although it is private`, isAllowEntry),
});

const { activeDeadlineSeconds, timeoutSeconds, startDeadlineSeconds, ttlSecondsAfterFinished } =
  policyFields;

/** The sections of rules, of a policy file's `default` and of each namespace. */
export const sections = object('an object with sections of rules', {
  images,
  callbacks,
  resources: section({
    max: limits.optional(),
    required: choices(REQUIRED_RESOURCES),
    genericResources: names('kinds such as "gpu"'),
  }),
  networks: section({ allow: names('networks'), aliases: names('tasks, in lower case') }),
  mounts: section({
    types: choices(MOUNT_TYPES),
    volumes: names('volumes'),
    volumeDrivers: names('volume drivers'),
    volumeOptions: texts('the name of an option, in lower case', (text) =>
      /^[a-z0-9_.-]+$/.test(text),
    ),
    volumeTypes: texts('a file system such as "nfs4", in lower case', (text) =>
      /^[a-z0-9_.-]+$/.test(text),
    ),
    volumeServers: hosts(),
    maxTmpfs: size,
    binds: hostPaths(),
    readOnlyBinds: hostPaths(),
    propagation: choices(PROPAGATIONS),
  }),
  secrets: section({ allow: names('secrets') }),
  configs: section({ allow: names('configs') }),
  capabilities: section({ add: capabilities(), drop: capabilities() }),
  sysctls: section({ allow: names('settings') }),
  ulimits: section({
    allow: names('limits'),
    max: valueMap<number>('a map of limits by name', ulimitProblem).optional(),
  }),
  user: section({ allowRoot: flag }),
  placement: section({ managers: flag, constraints: names('keys of constraints, in lower case') }),
  logging: section({
    drivers: names('log drivers'),
    maxBuffer: size,
    maxDisk: size,
    templates: flag,
  }),
  serviceLabels: section({ allow: names('labels') }),
  containerLabels: section({ allow: names('labels') }),
  priority: section({ max: integer(-LIMITS.priority, LIMITS.priority).optional() }),
  quotas: section({ jobs: most, tasks: most, concurrentTasks: most, outputBytes: most }),
  defaults: section({
    resources: resources.optional(),
    activeDeadlineSeconds,
    timeoutSeconds,
    startDeadlineSeconds,
    ttlSecondsAfterFinished,
    networks: templateFields.networks,
    logDriver: templateFields.logDriver,
    capabilities: templateFields.capabilities,
    completionPolicy: policyFields.completionPolicy,
  }),
});
