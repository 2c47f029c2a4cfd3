import type { Logger } from 'pino';
import type { Access } from '../access/index.ts';
import type { CompletionPolicy, PolicyHolder } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import type { PolicySource } from '../policy/index.ts';
import type {
  ChangeLog,
  CronJobStore,
  JobApplier,
  JobCatalog,
  JobNames,
  JobReader,
  LogReader,
  OperatorStore,
  ReportWriter,
  SpecWriter,
  TimelineReader,
} from '../store/ports.ts';
import type { AuditLog } from './access/audit.ts';
import type { KnownHosts } from './access/known-hosts.ts';
import type { RateLimits } from './access/rate-limits.ts';

/** One thing that must work for the server to be of use. */
export interface ReadinessCheck {
  name: string;
  /** The server is of use without it; that it does not work is shown all the same. */
  advisory?: boolean;
  /** It is shown only while it does not work. */
  quiet?: boolean;
  /** Rejects when it does not work; the message is shown to whoever asks, so no secrets in it. */
  check(): Promise<void>;
}

/** A file of the operator's, which is read again when it changes. */
export interface OperatorFile {
  /** Also of its check of `/readyz`. */
  name: string;
  /** What is wrong with it as it is now, one line each; what was right before stays in force. */
  problems(): readonly string[] | Promise<readonly string[]>;
}

/** What this process was told by files, and which policy all of them hold. */
export interface Configuration {
  files: readonly OperatorFile[];
  /** Of this process. */
  policyHash: string;
  /** Of all processes, as they said last. */
  policies(): readonly PolicyHolder[];
}

/** A request whose answer is over. */
export interface HandledRequest {
  method: string;
  /** Pattern of its route, such as `/status/:id`, or `none`; never its path. */
  route: string;
  /** 499 when the client went before the answer began. */
  status: number;
}

/** What the API tells whoever measures it. Calls must be cheap and must not throw. */
export interface RequestMetrics {
  handled(request: HandledRequest, seconds: number): void;
}

/** What `GET /metrics` answers with. */
export interface MetricsPage {
  contentType: string;
  text(): Promise<string>;
}

/** A request that created a job, once its answer is over. */
export interface SubmittedRequest extends HandledRequest {
  /** Of the job. */
  uid: string;
  /** The `traceparent` that came with it. */
  traceparent?: string;
  /** Unix ms. */
  begunAt: number;
  /** Unix ms. */
  endedAt: number;
}

/** What the API tells of the traces that jobs belong to. Calls must be cheap and must not throw. */
export interface RequestTraces {
  /**
   * The `traceparent` to store with a new job; undefined when it belongs to no trace.
   * @param given what the client sent, if anything; what is none is as if it had not been sent.
   */
  traceparentOfJob(uid: string, given: string | undefined): string | undefined;
  submitted(request: SubmittedRequest): void;
}

/** Where the objects of users are. Handlers see of it what is their caller's. */
export interface ApiStores {
  jobs: JobNames & JobReader & TimelineReader & SpecWriter;
  applier: JobApplier;
  catalog: JobCatalog;
  crons: CronJobStore;
  changes: ChangeLog;
  /** Logs of tasks that run. */
  logs: LogReader;
}

/** What the API needs, and thereby all it can do: it reads jobs and writes specs and reports. */
export interface ApiOptions extends ApiStores {
  /** Where tasks report. */
  reports: JobReader & ReportWriter;
  operator: OperatorStore;
  checks: readonly ReadinessCheck[];
  requests: RequestMetrics;
  metricsPage: MetricsPage;
  traces: RequestTraces;
  /** Who may do what. */
  access: Access;
  /** And how often. */
  limits: RateLimits;
  /** Where the writes of users are noted. */
  audit: AuditLog;
  /** The hosts that requests may be for; absent where a token is asked for: no page of a browser has one. */
  hosts?: KnownHosts | undefined;
  /** What jobs may use. */
  policy: PolicySource;
  /** What the operator's files came to. */
  configuration: () => Configuration;
  clock: Clock;
  log: Logger;
  /** Version of Swarmer. */
  version: string;
  /** Bytes kept of each output stream of each task of a new job. */
  outputLimitBytes: number;
  /** Of a job of `POST /submit` that gives none; absent: the operator's default for any job. */
  submitCompletionPolicy?: CompletionPolicy | undefined;
}
