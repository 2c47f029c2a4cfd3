import type { ReferenceKind } from '../../internal/apis/index.ts';
import type { Clock } from '../../internal/clock/clock.ts';
import type { RawNamed } from '../../internal/swarm/resolve.ts';
import { type BehaviourOf, withDefaults } from './behaviour.ts';
import { Cluster } from './cluster.ts';
import { EventHub } from './event-hub.ts';
import { unreadableLog } from './frames.ts';
import { swarmId } from './ids.ts';
import type { LocalTask } from './local-task.ts';
import { ConnectionRefused, ModelError, NoAnswer } from './model-error.ts';
import type { NodeTrouble } from './node-trouble.ts';
import type { ProcessEnd } from './process.ts';
import type {
  ModelContainer,
  ModelEvent,
  ModelInfo,
  ModelNode,
  ModelService,
  ModelSpec,
  ModelTask,
} from './raw.ts';
import { Services } from './services.ts';
import type { TaskRecord } from './task-record.ts';
import { Things } from './things.ts';

/** A task whose process lives, heard of or not. */
export interface RunningTask {
  id: string;
  service: ModelService;
  /** Its node, and whether managers could reach that. */
  nodeId: string;
  isReachable: boolean;
}

const OUT_OF_SEQUENCE = 'rpc error: code = Unknown desc = update out of sequence';

export interface ModelSwarmOptions {
  clock: Clock;
  /** Numbers in [0, 1); the same ones give the same swarm. */
  random: () => number;
  /** Hostnames; the first node is the manager that calls go to. Default `['n1']`. */
  nodes?: readonly string[];
  /** What the process of a service does; by default it ends at once with 0. */
  behaviour?: BehaviourOf;
  /** Told of each process as it begins, with no end, and when it has ended: what really happens. */
  onProcess?: (task: { id: string; service: ModelService }, end: ProcessEnd | undefined) => void;
}

const NO_LEADER =
  "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few " +
  'managers are online. Make sure more than half of the managers are online.';

const NO_MANAGER =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to ' +
  'swarm and try again.';

/**
 * A swarm without engines: its services, tasks, nodes, and what goes wrong with them. Pure: all time
 * is the clock's, all chance is `random`'s. Nodes are named by id or hostname everywhere.
 *
 * Calls throw `ModelError` where the engine answers with an error, `ConnectionRefused` while the
 * daemon of the first node does not run, `NoAnswer` where the engine would never answer.
 */
export class ModelSwarm {
  readonly clock: Clock;
  readonly #random: () => number;
  readonly #behaviour: BehaviourOf;
  readonly #onProcess: NonNullable<ModelSwarmOptions['onProcess']>;
  readonly #hostnames: readonly string[];
  readonly #events: EventHub;
  /** Until when lists are empty although there is something, in Unix ms. */
  readonly #untrue = { tasks: 0, services: 0 };
  #clusterId: string;
  #services = new Services();
  #things: Things;
  #cluster: Cluster;
  /** False from the time that all nodes left until there is a new swarm. */
  #isMember = true;

  constructor(options: ModelSwarmOptions) {
    const { clock, random, nodes = ['n1'], behaviour = () => ({}) } = options;
    const { onProcess = () => {} } = options;
    this.clock = clock;
    this.#onProcess = onProcess;
    this.#random = random;
    this.#behaviour = behaviour;
    this.#hostnames = nodes;
    this.#clusterId = swarmId(random);
    this.#events = new EventHub(clock);
    this.#things = new Things(random);
    this.#cluster = this.#makeCluster();
  }

  #makeCluster(): Cluster {
    const { clock } = this;
    const services = this.#services;
    const isLive = (service: ModelService) => services.has(service);
    const shared = { clock, random: this.#random, events: this.#events };
    const onProcess = this.#onProcess;
    return new Cluster({ ...shared, hostnames: this.#hostnames, onProcess, isLive });
  }

  /** What a test may know although no call would tell it now. Never throws. */
  get actual(): { services: ModelService[]; tasks: ModelTask[]; nodes: ModelNode[] } {
    const { orchestrator, nodes } = this.#cluster;
    return {
      services: this.#services.list(),
      tasks: [...orchestrator.tasks.values()].map((task) => task.raw()),
      nodes: [...nodes.values()].map((node) => node.raw()),
    };
  }

  /** What really runs at this instant. Never throws. */
  get running(): RunningTask[] {
    return [...this.#cluster.nodes.values()].flatMap((node) =>
      node.agent.running.map(({ id, service }) => {
        return { id, service, nodeId: node.id, isReachable: node.canTalk };
      }),
    );
  }

  /** @throws ModelError 409 name taken, 400 broken name or image reference. */
  createService(spec: ModelSpec): { ID: string } {
    this.#requireLeader();
    const now = new Date(this.clock.now()).toISOString();
    this.#things.check(spec);
    const service = this.#services.add(spec, { random: this.#random, now });
    this.#events.service('create', service);
    const behaviour = withDefaults(this.#behaviour(service.Spec));
    this.#cluster.orchestrator.serviceCreated(service, behaviour);
    return { ID: service.ID };
  }

  /** Makes a network, a secret or a config. @returns its id. */
  addNamed(kind: ReferenceKind, name: string): string {
    return this.#things.add(kind, name);
  }

  /** Those whose names begin with one of `names`, or all. */
  listNamed(kind: ReferenceKind, names: readonly string[] = []): RawNamed[] {
    this.#requireLeader();
    return this.#things.list(kind, names);
  }

  /** @throws ModelError 404 */
  inspectService(idOrName: string): ModelService {
    this.#requireLeader();
    return this.#services.get(idOrName);
  }

  /** @throws ModelError 404 */
  removeService(idOrName: string): void {
    this.#requireLeader();
    const service = this.#services.get(idOrName);
    this.#services.remove(service);
    this.#events.service('remove', service);
    this.#cluster.orchestrator.serviceRemoved(service);
  }

  /** @param labels `key=value` or `key`, all of which must hold. */
  listServices(labels: readonly string[] = []): ModelService[] {
    this.#requireLeader();
    if (this.clock.now() < this.#untrue.services) return [];
    const wanted = labels.map(labelOf);
    return this.#services.list().filter(({ Spec }) => hasLabels(Spec.Labels, wanted));
  }

  /** @param labels of the services of the tasks; those of containers are not looked at. */
  listTasks(labels: readonly string[] = []): ModelTask[] {
    return this.#tasksWith(labels).map((task) => task.raw());
  }

  /** As `listTasks`, in JSON. */
  listTasksJson(labels: readonly string[] = []): string {
    return `[${this.#tasksWith(labels)
      .map((task) => task.json())
      .join(',')}]`;
  }

  #tasksWith(labels: readonly string[]): TaskRecord[] {
    this.#requireLeader();
    if (this.clock.now() < this.#untrue.tasks) return [];
    const tasks = [...this.#cluster.orchestrator.tasks.values()];
    const wanted = labels.map(labelOf);
    return tasks.filter(({ service }) => hasLabels(service.Spec.Labels, wanted));
  }

  /** @throws ModelError 404 */
  inspectTask(id: string): ModelTask {
    this.#requireLeader();
    return this.#task(id).raw();
  }

  listNodes(): ModelNode[] {
    this.#requireLeader();
    return this.actual.nodes;
  }

  /** @throws ModelError 404 */
  inspectNode(id: string): ModelNode {
    this.#requireLeader();
    const node = this.#cluster.nodes.get(id);
    if (node === undefined) throw new ModelError(404, `node ${id} not found`);
    return node.raw();
  }

  /**
   * Only the availability can be changed.
   * @param version of the node that the caller has seen.
   * @throws ModelError 404, 500 when the node has another version by now.
   */
  updateNode(id: string, version: number, { Availability }: ModelNode['Spec']): void {
    const { ID, Version } = this.inspectNode(id);
    if (Version.Index !== version) throw new ModelError(500, OUT_OF_SEQUENCE);
    this.#cluster.setAvailability(this.#cluster.node(ID), Availability);
  }

  /** The frames of a log. @throws ModelError 404; NoAnswer for a node that is cut off. */
  taskLogs(taskId: string): Buffer {
    this.#requireLeader();
    const task = this.#task(taskId);
    if (task.nodeId === undefined) {
      return unreadableLog(`task ${task.id} has not been scheduled`);
    }
    const node = this.#cluster.nodes.get(task.nodeId);
    if (node?.isLinked === false) throw new NoAnswer(`node ${task.nodeId} does not answer`);
    if (!node?.isHeard) return unreadableLog(`node ${task.nodeId} is not available`);
    return node.agent.find(task)?.log() ?? Buffer.alloc(0);
  }

  /**
   * As `taskLogs`; calls `onFrames` with what is written from now on until `end` is called.
   * @throws as `taskLogs`
   */
  followLog(
    taskId: string,
    onFrames: (frames: Buffer) => void,
  ): { soFar: Buffer; end: () => void } {
    const soFar = this.taskLogs(taskId);
    const { nodeId = '' } = this.#task(taskId);
    const node = this.#cluster.nodes.get(nodeId);
    const take = (frames: Buffer) => {
      if (node?.isHeard) onFrames(frames);
    };
    return { soFar, end: this.#local(taskId)?.follow(take) ?? (() => {}) };
  }

  /** Of the first node, which knows its own containers only. */
  findContainer(id: string): ModelContainer | undefined {
    this.#requireDaemon();
    return this.#cluster.manager.agent.findContainer(id);
  }

  /** The same. @throws ModelError 404 */
  inspectContainer(id: string): ModelContainer {
    const found = this.findContainer(id);
    if (found === undefined) throw new ModelError(404, `No such container: ${id}`);
    return found;
  }

  /** The engine answers for itself; of a swarm with no leader it does not know the id. */
  info(): ModelInfo {
    this.#requireDaemon();
    const { manager, leadership } = this.#cluster;
    return {
      ServerVersion: '20.10.24+model',
      LoggingDriver: 'json-file',
      Swarm: {
        NodeID: this.#isMember ? manager.id : '',
        NodeAddr: this.#isMember ? manager.address : '',
        ControlAvailable: this.#isMember,
        LocalNodeState: this.#isMember ? 'active' : 'inactive',
        Cluster: { ID: leadership.isPresent ? this.#clusterId : '' },
      },
    };
  }

  /**
   * Calls `onEvent` for every event from now on, and `onEnd` when the daemon ends. Containers tell of
   * themselves on the first node only. The returned function ends it.
   */
  subscribe(onEvent: (event: ModelEvent) => void, onEnd?: () => void): () => void {
    this.#requireDaemon();
    return this.#events.subscribe(onEvent, onEnd);
  }

  /** Power off: all processes end at once, and the node falls silent; after 15 s it is `down`. */
  killNode(node: string): void {
    this.#cluster.powerOff(this.#cluster.node(node));
  }

  /** The network to the node is cut: its processes run on; after 15 s it is `down`. */
  partitionNode(node: string): void {
    this.#cluster.cut(this.#cluster.node(node));
  }

  /** A killed node boots, or a partition heals. */
  reviveNode(node: string): void {
    this.#cluster.revive(this.#cluster.node(node));
  }

  /** SIGTERM, grace, SIGKILL to its processes; it gets no new ones. */
  drainNode(node: string): void {
    this.#cluster.setAvailability(this.#cluster.node(node), 'drain');
  }

  /** Ends a drain. */
  activateNode(node: string): void {
    this.#cluster.setAvailability(this.#cluster.node(node), 'active');
  }

  /** `docker node rm --force`: its tasks are orphaned. */
  removeNode(node: string): void {
    this.#cluster.remove(this.#cluster.node(node));
  }

  /**
   * The node's daemon ends, and is started `downMs` later. By SIGKILL (default) containers outlive it
   * and are stopped at its start, so that their exit codes are seen. By SIGTERM it stops and loses
   * them: `failed` with exit code 0, or `shutdown` when it was away too long.
   */
  restartDaemon(node: string, downMs = 2000, signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): void {
    this.#cluster.restartDaemon(this.#cluster.node(node), downMs, signal);
  }

  /** No leader for `ms`: calls fail; then the nodes are `unknown` for up to 33 s. */
  loseManager(ms: number): void {
    this.#cluster.loseLeader(ms);
  }

  /** The node starts no container, until {@link mendNode}. */
  breakNode(node: string, trouble: NodeTrouble): void {
    this.#cluster.node(node).agent.trouble = trouble;
  }

  mendNode(node: string): void {
    this.#cluster.node(node).agent.trouble = undefined;
  }

  /** What the tasks of a node may reserve; 8 GiB at first. What waits for it is placed. */
  setMemory(node: string, bytes: number): void {
    this.#cluster.setMemory(this.#cluster.node(node), bytes);
  }

  /** Lists are answered with nothing for `ms`, with status 200; what is asked for by its id is there. */
  hideFromLists(ms: number, ...kinds: ('tasks' | 'services')[]): void {
    for (const kind of kinds) this.#untrue[kind] = this.clock.now() + ms;
  }

  /**
   * All nodes leave the swarm, and `ms` later there is a new one of them, with another id, in which there is
   * nothing: no service, task, network, secret or config. The nodes have other ids too.
   */
  renew(ms: number): void {
    this.#cluster.disband();
    this.#isMember = false;
    this.clock.after(ms, () => {
      this.#isMember = true;
      this.#clusterId = swarmId(this.#random);
      this.#services = new Services();
      this.#things = new Things(this.#random);
      this.#cluster = this.#makeCluster();
    });
  }

  /** `docker rm --force` of the container of a task: its process is killed, and its log is gone. */
  removeContainer(taskId: string): void {
    this.#local(taskId)?.removeContainer();
  }

  /** A signal from outside to the process of a task, as `docker kill`. */
  killContainer(taskId: string, signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): void {
    this.#local(taskId)?.signal(signal);
  }

  /** No signal gets to the process of a task, until {@link letContainerGo}. */
  holdContainer(taskId: string): void {
    this.#local(taskId)?.hold();
  }

  letContainerGo(taskId: string): void {
    this.#local(taskId)?.letGo();
  }

  /** A task on its node. */
  #local(taskId: string): LocalTask | undefined {
    const task = this.#task(taskId);
    return this.#cluster.nodes.get(task.nodeId ?? '')?.agent.find(task);
  }

  #requireDaemon(): void {
    if (!this.#isMember || this.#cluster.manager.agent.isUp) return;
    throw new ConnectionRefused('connect ECONNREFUSED');
  }

  #requireLeader(): void {
    this.#requireDaemon();
    if (!this.#isMember) throw new ModelError(503, NO_MANAGER);
    if (!this.#cluster.leadership.isPresent) throw new ModelError(500, NO_LEADER);
  }

  #task(id: string): TaskRecord {
    const task = this.#cluster.orchestrator.tasks.get(id);
    if (task === undefined) throw new ModelError(404, `task ${id} not found`);
    return task;
  }
}

interface WantedLabel {
  key: string;
  /** Any, unless given. */
  value: string | undefined;
}

function labelOf(entry: string): WantedLabel {
  const [key = '', ...value] = entry.split('=');
  return { key, value: value.length === 0 ? undefined : value.join('=') };
}

function hasLabels(labels: Record<string, string>, wanted: readonly WantedLabel[]): boolean {
  return wanted.every(({ key, value }) =>
    value === undefined ? key in labels : labels[key] === value,
  );
}
