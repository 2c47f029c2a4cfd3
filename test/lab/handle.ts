import type Docker from 'dockerode';
import { findDockerd, startDockerd, stopDockerd } from './dockerd.ts';
import { buildImage, ensureImage, type ImageConfig, type ImageFile, imageTag } from './images.ts';
import type { LabNode } from './node.ts';
import type { ProcessRef } from './process.ts';
import { type Redis, type RedisOptions, startRedis } from './redis.ts';
import { type Registry, startRegistry } from './registry.ts';
import type { ImageName } from './rootfs.ts';
import { engineOf } from './swarm.ts';
import { allSettled } from './wait.ts';

/** Where a running lab is: plain data, for another process of this machine. */
export interface LabCoordinates {
  id: string;
  /** The lab's folder; goes away with the lab. */
  dir: string;
  /** Address of the test process as seen from tasks. Listen on it, or on 0.0.0.0. */
  hostAddress: string;
  /** Managers first; empty in a lab with no swarm. */
  nodes: LabNode[];
}

/** What a test does with a running lab, in the process that started it or in another one. */
export class LabHandle implements LabCoordinates {
  readonly id: string;
  readonly dir: string;
  readonly hostAddress: string;
  readonly nodes: LabNode[];

  constructor({ id, dir, hostAddress, nodes }: LabCoordinates) {
    this.id = id;
    this.dir = dir;
    this.hostAddress = hostAddress;
    this.nodes = nodes;
  }

  /** The first manager. @throws Error in a lab with no swarm. */
  get manager(): LabNode {
    const [first] = this.nodes;
    if (!first) throw new Error(`${this.id} has no swarm; start it with startLab({ swarm: true })`);
    return first;
  }

  /** Unix socket of the first manager's engine. */
  get dockerSocket(): string {
    return this.manager.dockerSocket;
  }

  /** The first manager's engine. */
  get docker(): Docker {
    return engineOf(this.manager);
  }

  /** Plain data from which another process makes a handle. */
  get coordinates(): LabCoordinates {
    const { id, dir, hostAddress, nodes } = this;
    return { id, dir, hostAddress, nodes };
  }

  /** Makes the image on every node unless it is there. Returns its tag, `swarmer-lab/<name>:1`. */
  async ensureImage(name: ImageName): Promise<string> {
    await this.#everywhere((engine) => ensureImage(engine, name));
    return imageTag(name);
  }

  /**
   * Makes an image on every node FROM another one. `files` are by absolute path; give a program
   * its mode: `{ mode: 0o755, data }`.
   */
  async buildImage(
    tag: string,
    from: string,
    files: Record<string, ImageFile>,
    config?: ImageConfig,
  ): Promise<void> {
    await this.#everywhere((engine) => buildImage(engine, tag, from, files, config));
  }

  /** Makes an attachable overlay network and returns its id. */
  async createOverlay(name: string, labels: Record<string, string> = {}): Promise<string> {
    const options = { Name: name, Driver: 'overlay', Attachable: true, Labels: labels };
    return (await this.docker.createNetwork(options)).id;
  }

  /**
   * Ends the engine of a node (default: the first manager) and starts it again on the same data.
   * SIGTERM (default) stops its containers too; SIGKILL is a crash of the engine alone.
   */
  async restartDockerd({
    signal = 'SIGTERM',
    node = this.manager,
  }: {
    signal?: 'SIGTERM' | 'SIGKILL';
    node?: LabNode;
  } = {}): Promise<void> {
    await stopDockerd(node, signal);
    await startDockerd(node);
  }

  /** The running engine of a node (default: the first manager). @throws Error when none runs. */
  engineProcess(node: LabNode = this.manager): ProcessRef {
    const engine = findDockerd(node);
    if (!engine) throw new Error(`no dockerd runs on ${node.hostname}`);
    return engine;
  }

  /** Starts a Redis that goes away with this lab, if not before. */
  startRedis(options: Omit<RedisOptions, 'dir'> = {}): Promise<Redis> {
    return startRedis({ ...options, dir: this.dir });
  }

  /** Starts a registry of images that asks for {@link REGISTRY_USER}; it goes away with this lab. */
  startRegistry(): Promise<Registry> {
    return startRegistry({ lab: this });
  }

  async #everywhere(work: (engine: Docker) => Promise<unknown>): Promise<void> {
    await allSettled(this.nodes.map((node) => work(engineOf(node))));
  }
}
