import {
  type AttemptId,
  attemptLabels,
  type JobSpec,
  type Owner,
  type OwnLogDriver,
  serviceName,
  type TaskSpec,
} from '../apis/index.ts';
import { containerTemplate, engineDriver } from './container-template.ts';
import type { ContainerSpec, ServiceSpec } from './engine-spec.ts';
import { given } from './given.ts';
import { logDriverOf } from './log-driver.ts';
import { fileSpecs, networkSpecs, type ResolvedReferences } from './references.ts';
import { placementSpec, resourceSpec } from './scheduling.ts';
import { taskEnvironment } from './task-environment.ts';

export interface ServiceRequest {
  owner: Owner;
  id: AttemptId;
  job: JobSpec;
  task: TaskSpec;
  /** Where the attempt may report, token included; without it the task is told of no address. */
  reportUrl?: string;
  /** Where in a trace the attempt belongs, as W3C Trace Context has it. */
  traceparent?: string;
  /** Name or id of a network that the task is attached to. */
  network?: string;
  /** Ids of what the job refers to by name; needed where it refers to anything. */
  resolved?: ResolvedReferences;
  /** Ids of nodes that the attempt must not run on, beside what the job says. */
  excluded?: readonly string[];
  /** Where its output is kept if the job does not say; `json-file` by default. */
  logDriver?: OwnLogDriver;
}

/**
 * The service of one attempt: one replica that swarm never restarts, because what happens next is
 * Swarmer's to decide. Labels are on the container too, where task lists and events show them.
 * `dnsrr`: a virtual address per service costs addresses and is of no use to a task.
 */
export function serviceSpec(request: ServiceRequest): ServiceSpec {
  const { owner, id, job, task, network, resolved, excluded, logDriver = 'json-file' } = request;
  const labels = attemptLabels(owner, id);
  const driver = logDriverOf(job, logDriver);
  return {
    Name: serviceName(id),
    Labels: { ...job.serviceLabels, ...labels },
    TaskTemplate: {
      ContainerSpec: containerSpec(request, labels),
      RestartPolicy: { Condition: 'none' },
      ...resourceSpec(task.resources ?? job.resources),
      ...placementSpec(job.placement, excluded),
      ...networkSpecs(job, network, resolved),
      ...given({ LogDriver: driver && engineDriver(driver) }),
    },
    Mode: { Replicated: { Replicas: 1 } },
    EndpointSpec: { Mode: 'dnsrr' },
  };
}

/**
 * No health check: a task that runs once must not wait in `starting` for it, or be killed by it. No
 * terminal either, which the engine gives only when it is asked: it would mix both streams into one.
 */
function containerSpec(request: ServiceRequest, labels: Record<string, string>): ContainerSpec {
  const { job, task, resolved } = request;
  const seconds = job.terminationGracePeriodSeconds;
  return {
    Image: job.image,
    ...given({ Command: task.command ?? job.command }),
    ...(task.args.length === 0 ? {} : { Args: task.args }),
    Env: taskEnvironment(request),
    Labels: { ...job.containerLabels, ...labels },
    Healthcheck: { Test: ['NONE'] },
    ...given({ StopGracePeriod: seconds === undefined ? undefined : seconds * 1_000_000_000 }),
    ...containerTemplate(job),
    ...fileSpecs(job, resolved),
  };
}
