import { describe, expect, it } from 'vitest';
import { serviceSpec } from './service-spec.ts';

const request = {
  owner: { instance: 'default', storeId: '01STORE' },
  id: { jobUid: '01JGFJJZ000000000000000000', index: 7, attempt: 2 },
  job: { image: 'alpine:3', backoffLimit: 0, lossLimit: 10, outputLimitBytes: 1000 },
  task: { name: 'one', args: ['a,b', '', 'x y'] },
  reportUrl: 'http://10.0.0.1:8500/result/x?token=t',
};
const environment = (changes: Partial<typeof request> = {}) => {
  const { Env } = serviceSpec({ ...request, ...changes }).TaskTemplate.ContainerSpec;
  return Object.fromEntries(Env.map((entry) => entry.split(/=(.*)/s)));
};

describe('serviceSpec', () => {
  it('makes one replica that swarm never restarts, under the name and labels of the attempt', () => {
    const spec = serviceSpec(request);
    expect(spec).toMatchObject({
      Name: 'swarmer-01jgfjjz000000000000000000-7-2',
      Mode: { Replicated: { Replicas: 1 } },
      EndpointSpec: { Mode: 'dnsrr' },
      TaskTemplate: { RestartPolicy: { Condition: 'none' } },
    });
    expect(spec.Labels).toEqual(spec.TaskTemplate.ContainerSpec.Labels);
    expect(spec.Labels).toMatchObject({ 'swarmer.index': '7', 'swarmer.store': '01STORE' });
  });

  it('hands the arguments on as they are, and both ways in the environment', () => {
    expect(serviceSpec(request).TaskTemplate.ContainerSpec.Args).toEqual(['a,b', '', 'x y']);
    expect(environment()).toMatchObject({
      RUN_ARGS: 'a,b,,x y',
      SWARMER_TASK_ARGS: '["a,b","","x y"]',
      SWARMER_ADDRESS: request.reportUrl,
      TASK_NAME: 'one',
      SWARMER_JOB_ID: request.id.jobUid,
      SWARMER_TASK_INDEX: '7',
      SWARMER_ATTEMPT: '2',
      SWARMER_OUTPUT_LIMIT_BYTES: '1000',
    });
  });

  it('leaves RUN_ARGS out without arguments, so that the image keeps its CMD', () => {
    const task = { name: 'one', args: [] };
    expect(environment({ task })).not.toHaveProperty('RUN_ARGS');
    expect(serviceSpec({ ...request, task }).TaskTemplate.ContainerSpec).not.toHaveProperty('Args');
  });

  it('makes template braces in values literal, so that the engine does not expand them', () => {
    const task = { name: 'one', args: ['{{ .Node.ID }}'] };
    expect(environment({ task })['RUN_ARGS']).toBe('{{"{{"}} .Node.ID }}');
  });

  it('tells the task of the trace that it belongs to, if there is one', () => {
    expect(environment()).not.toHaveProperty('TRACEPARENT');
    const { Env } = serviceSpec({ ...request, traceparent: '00-a-b-01' }).TaskTemplate
      .ContainerSpec;
    expect(Env).toContain('TRACEPARENT=00-a-b-01');
  });

  it('leaves a variable out that no process could be started with', () => {
    const task = { name: 'one', args: ['x'.repeat(100_000), 'y'.repeat(100_000)] };
    expect(environment({ task })).not.toHaveProperty('RUN_ARGS');
    expect(environment({ task })).not.toHaveProperty('SWARMER_TASK_ARGS');
    expect(environment({ task })).toHaveProperty('TASK_NAME');
  });
});
