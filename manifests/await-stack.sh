#!/bin/sh
# Waits until each service of a stack has all its replicas, running as the service says now, and no update
# goes on: what `docker stack deploy` has begun is done. Says what is missing when it takes too long, or when the
# swarm has given the update up, then which tasks of those services failed and what they wrote last.
# Usage: manifests/await-stack.sh [STACK [SECONDS]]   (swarmer 300)
set -eu
stack=${1:-swarmer}
seconds=${2:-300}

# What an update of a service changes. Of all else `service inspect` tells defaults that a task has not.
fields='{{.Image}} {{json .Command}} {{json .Args}} {{json .Env}} {{json .Secrets}} {{json .Configs}} {{json .Mounts}}'

# What a service lacks, a line; nothing when it has it all.
lacks() {
  about='{{.Spec.Name}} {{with .Spec.Mode.Replicated}}{{.Replicas}}{{else}}all{{end}} {{with .UpdateStatus}}{{.State}}{{end}}'
  docker service inspect -f "$about{{println}}{{with .Spec.TaskTemplate.ContainerSpec}}$fields{{end}}" "$1" | {
    read -r name replicas update
    case $update in
      paused | rollback_*)
        echo "$name: the update was given up ($update)"
        return
        ;;
      # New tasks are watched for a while before it is over; a deployment beside it fails, or is taken for its fault.
      updating)
        echo "$name: is being updated"
        return
        ;;
    esac
    read -r spec
    tasks=$(docker service ps -q --no-trunc -f desired-state=running "$1")
    running=0
    # A global service has one on each node.
    # shellcheck disable=SC2086 # ids are meant to be split
    [ "$replicas" != all ] || replicas=$(set -- $tasks && echo $#)
    for task in $tasks; do
      is=$(docker inspect --type task -f "{{.Status.State}} {{with .Spec.ContainerSpec}}$fields{{end}}" "$task" 2>&1) || continue
      [ "$is" != "running $spec" ] || running=$((running + 1))
    done
    [ "$running" = "$replicas" ] || echo "$name: $running of $replicas replicas run as they should"
  }
}

until=$(($(date +%s) + seconds))
while :; do
  services=$(docker stack services -q "$stack")
  [ -n "$services" ] || { echo "await-stack: there is no stack $stack here; docker stack deploy makes one" >&2; exit 1; }
  missing=$(for service in $services; do lacks "$service"; done)
  [ -n "$missing" ] || exit 0
  case $missing in *'given up'*) break ;; esac
  [ "$(date +%s)" -lt "$until" ] || break
  sleep 2
done
{
  printf 'await-stack: %s\n' "$missing"
  echo "$missing" | cut -d : -f 1 | while read -r name; do
    docker service ps --no-trunc --format '{{.Name}} on {{.Node}} {{.CurrentState}}: {{.Error}}' "$name" |
      grep -v ': $' | head -5
    docker service logs --raw --tail 10 "$name" 2>&1 | tail -30
  done
} >&2
exit 1
