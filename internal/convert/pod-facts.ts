/** What is known of the job that a spec is of. */
export interface JobNames {
  jobName: string | undefined;
  namespace: string | undefined;
}

/** What is known of the pods of a job before there is any. */
export interface PodFacts extends JobNames {
  /** True when every pod is told of its index. */
  indexed: boolean;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}
