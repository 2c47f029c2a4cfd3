import type { ReferenceKind } from '../../internal/apis/index.ts';
import type { Clock } from '../../internal/clock/clock.ts';
import type { RawNamed } from '../../internal/swarm/resolve.ts';
import { type BehaviourOf, withDefaults } from './behaviour.ts';
import { Cluster } from './cluster.ts';
import { EventHub } from './event-hub.ts';
import { unreadableLog } from './frames.ts';
import { swarmId } from './ids.ts';
import { ConnectionRefused, ModelError, NoAnswer } from './model-error.ts';
import type {
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

const OUT_OF_SEQUENCE = 'rpc error: code = Unknown desc = update out of sequence';

export interface ModelSwarmOptions {
  clock: Clock;
  /** Numbers in [0, 1); the same ones give the same swarm. */
  random: () => number;
  /** Hostnames; the first node is the manager that calls go to. Default `['n1']`. */
  nodes?: readonly string[];
  /** What the process of a service does; by default it ends at once with 0. */
  behaviour?: BehaviourOf;
}

const NO_LEADER =
  "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few " +
  'managers are online. Make sure more than half of the managers are online.';

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
  readonly #clusterId: string;
  readonly #events: EventHub;
  readonly #services = new Services();
  readonly #things: Things;
  readonly #cluster: Cluster;

  constructor({ clock, random, nodes = ['n1'], behaviour = () => ({}) }: ModelSwarmOptions) {
    this.clock = clock;
    this.#random = random;
    this.#behaviour = behaviour;
    this.#clusterId = swarmId(random);
    this.#events = new EventHub(clock);
    this.#things = new Things(random);
    const isLive = (service: ModelService) => this.#services.has(service);
    const shared = { clock, random, events: this.#events };
    this.#cluster = new Cluster({ ...shared, hostnames: nodes, isLive });
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

  /** The engine answers for itself; of a swarm with no leader it does not know the id. */
  info(): ModelInfo {
    this.#requireDaemon();
    const { manager, leadership } = this.#cluster;
    return {
      ServerVersion: '20.10.24+model',
      LoggingDriver: 'json-file',
      Swarm: {
        NodeID: manager.id,
        NodeAddr: manager.address,
        ControlAvailable: true,
        LocalNodeState: 'active',
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

  /** A signal from outside to the process of a task, as `docker kill`. */
  killContainer(taskId: string, signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): void {
    const task = this.#task(taskId);
    this.#cluster.nodes
      .get(task.nodeId ?? '')
      ?.agent.find(task)
      ?.signal(signal);
  }

  #requireDaemon(): void {
    if (this.#cluster.manager.agent.isUp) return;
    throw new ConnectionRefused('connect ECONNREFUSED');
  }

  #requireLeader(): void {
    this.#requireDaemon();
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
