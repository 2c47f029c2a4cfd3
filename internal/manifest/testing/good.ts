/** Manifests without a mistake, with most of what YAML has. */
export const GOOD = `# Two objects.
%YAML 1.2
---
apiVersion: swarmer/v1
kind: Job
metadata:
  name: report
  labels: { app: "x", "example.org/team": 'y' }
  annotations:
    note: |
      two
      lines
    folded: >-
      one
      line
spec:
  image: alpine:3.20 # the base
  command: [sh, -c]
  env: &env
    NAME: value
    SCHEDULE: "*/5 * * * *"
  parallelism: 2
  tasks:
    - { name: one, args: [echo, "hi\\t\\u00e9"] }
    - name: two
      timeoutSeconds: 5
      env:
        <<: *env
        NAME: other
---
apiVersion: swarmer/v1
kind: CronJob
metadata: { name: nightly }
spec:
  schedule: '0 3 * * *'
  timeZone: Europe/Berlin
  jobTemplate:
    spec:
      image: alpine:3.20
      suspend: false
...
`;
