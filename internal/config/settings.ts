import type { CompletionPolicy } from '../apis/index.ts';
import { type EngineTarget, engineTarget } from './engine-target.ts';
import { redisOf } from './redis-access.ts';
import type { RedisTarget } from './redis-target.ts';
import { type FileOf, type RegistrySettings, registryOf } from './registry-settings.ts';
import type { Values } from './settings-table.ts';

/** What the server was told by its environment. README.md lists the variables. */
export interface Settings {
  /** 0 takes any free port. */
  port: number;
  /** Absent: decided at start, loopback without tokens, all addresses with. */
  host?: string;
  /** Absent: metrics have no listener of their own. 0 takes any free port. */
  metricsPort?: number;
  metricsHost: string;
  /** Where traces are sent to; absent: nowhere. */
  otlp?: { endpoint: string; headers: Record<string, string> };
  /** Absolute. */
  dataDir: string;
  /** Absent: the embedded Redis. */
  redis?: RedisTarget;
  redisPrefix: string;
  engine: EngineTarget;
  /** Where credentials for registries of images come from. */
  registry: RegistrySettings;
  /** Absolute. Manifests in it are kept applied. */
  applyDir?: string;
  /** Absolute. What jobs may use; without it what is safe, as with `none`, where tenants are to share the rest. */
  policy?: string;
  instance: string;
  /** Empty: the API asks for no token, unless there is an access file. */
  apiTokens: string[];
  /** Absolute. Tokens with roles. */
  accessFile?: string;
  /** Without tokens too, whoever reaches the API may do everything, from other machines. */
  allowAnonymousAdmin: boolean;
  /** Host names by which the API may be asked without a token, beside loopback and `host`. */
  allowedHosts: string[];
  /** Requests a second of one caller; absent: a default that leaves loopback alone. */
  rateLimit?: number;
  /** Requests a second without a valid token from one address. */
  authFailureLimit: number;
  /** Absolute, or `stdout`, or `off`. */
  auditLog: string;
  callbackAllow: string[];
  /** Empty: callbacks are not signed. */
  callbackSecrets: string[];
  maxConcurrentTasks: number;
  /** Of namespaces that are not named it is 1. */
  namespaceWeights: Record<string, number>;
  outputLimitBytes: number;
  /** Of tasks whose job names none. */
  logDriver: Values['logDriver'];
  /** Of jobs of `POST /submit` that give none. */
  submitCompletionPolicy?: CompletionPolicy;
  /** Of jobs that give no ttlSecondsAfterFinished, nor their policy; absent: they are kept. */
  jobTtlSeconds?: number;
  /** Of all tasks of one job together. */
  attemptOutputBytes: number;
  logLevel: Values['logLevel'];
  /** Base URL under which tasks reach the report endpoint, without a slash at its end. */
  reportUrl?: string;
  /** Own addresses and CIDRs of them, on which only reports are taken. */
  reportOnly?: string[];
  /** Host of that URL by its original name; never beside `reportUrl`. */
  runnerHost?: string;
  /** Absent: the port that the server listens on. */
  runnerPort?: number;
  /** Name of Swarmer's own stack. */
  stack?: string;
  /** Network that tasks are attached to. */
  network?: string;
  leaseMs: number;
  shutdownGraceMs: number;
}

/** The settings that the values come to. @param fileOf the file that a variable was read from, if it was. */
export function settingsOf(values: Values, fileOf: FileOf): Settings {
  return {
    port: values.port,
    ...present('host', values.host),
    ...present('metricsPort', values.metricsPort),
    metricsHost: values.metricsHost,
    ...present('otlp', otlpOf(values)),
    dataDir: values.dataDir,
    ...present('redis', redisOf(values)),
    redisPrefix: values.redisPrefix,
    engine: engineOf(values),
    registry: registryOf(values, fileOf),
    ...present('applyDir', values.applyDir),
    ...present('policy', values.policy),
    instance: values.instance,
    apiTokens: values.apiTokens ?? [],
    ...present('accessFile', values.accessFile),
    allowAnonymousAdmin: values.allowAnonymousAdmin === 'true',
    allowedHosts: values.allowedHosts ?? [],
    ...present('rateLimit', values.rateLimit),
    authFailureLimit: values.authFailureLimit,
    auditLog: values.auditLog,
    callbackAllow: values.callbackAllow ?? [],
    callbackSecrets: values.callbackSecrets ?? [],
    maxConcurrentTasks: values.maxConcurrentTasks,
    namespaceWeights: values.namespaceWeights ?? {},
    outputLimitBytes: values.outputLimitBytes,
    logDriver: values.logDriver,
    ...present('submitCompletionPolicy', values.submitCompletionPolicy),
    ...present('jobTtlSeconds', values.jobTtlSeconds),
    attemptOutputBytes: values.attemptOutputBytes,
    logLevel: values.logLevel,
    ...present('reportUrl', values.reportUrl),
    ...present('reportOnly', values.reportOnly),
    ...present('runnerHost', values.runnerHost),
    ...present('runnerPort', values.runnerPort),
    ...present('stack', values.stack),
    ...present('network', values.network),
    leaseMs: values.leaseMs,
    shutdownGraceMs: values.shutdownGraceMs,
  };
}

function otlpOf({ otlpEndpoint: endpoint, otlpHeaders: headers = {} }: Values) {
  return endpoint === undefined ? undefined : { endpoint, headers };
}

function engineOf(values: Values): EngineTarget {
  const socketPath = values.dockerSocketPath ?? '/var/run/docker.sock';
  const at = values.dockerHost ?? { socketPath };
  return engineTarget(at, values.dockerTlsVerify !== undefined, values.dockerCertPath);
}

/** A member that is left out, not undefined, when there is no value. */
function present<K extends string, T>(name: K, value: T | undefined): { [P in K]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]: T });
}
