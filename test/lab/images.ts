import { spawn } from 'node:child_process';
import {
  chmodSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type Docker from 'dockerode';
import { imageTar } from './image-cache.ts';
import type { ImageName } from './rootfs.ts';

/** Content of a file in an image; its mode is 0644 unless given. */
export type ImageFile = Buffer | string | { mode: number; data: Buffer | string };

export interface ImageConfig {
  Entrypoint?: string[];
  Cmd?: string[];
  Env?: Record<string, string>;
  User?: string;
  WorkingDir?: string;
  /** A health check of every second by this program. */
  HealthCmd?: string;
}

/** What {@link ensureImage} calls an image. */
export function imageTag(name: ImageName): string {
  return `swarmer-lab/${name}:1`;
}

/** Makes the image on this engine unless it is there. Returns its tag. */
export async function ensureImage(engine: Docker, name: ImageName): Promise<string> {
  const tag = imageTag(name);
  if (await hasImage(engine, tag)) return tag;
  const [repo = '', version = ''] = tag.split(':');
  const tar = createReadStream(await imageTar(name));
  const changes = ['ENV PATH=/usr/local/bin:/usr/bin:/bin'];
  await followed(engine, await engine.importImage(tar, { repo, tag: version, changes }));
  return tag;
}

/** Builds an image FROM another one of this engine. */
export async function buildImage(
  engine: Docker,
  tag: string,
  from: string,
  files: Record<string, ImageFile>,
  config: ImageConfig = {},
): Promise<void> {
  const context = mkdtempSync(join(tmpdir(), 'swarmer-lab-build-'));
  try {
    writeContext(context, from, files, config);
    const tar = spawn('tar', ['-C', context, '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await followed(engine, await engine.buildImage(tar.stdout, { t: tag, version: '1', rm: true }));
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

function writeContext(
  context: string,
  from: string,
  files: Record<string, ImageFile>,
  config: ImageConfig,
): void {
  mkdirSync(join(context, 'files'));
  for (const [path, file] of Object.entries(files)) {
    const { mode, data } = typeof file === 'object' && 'mode' in file ? file : plain(file);
    const target = join(context, 'files', path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, data);
    chmodSync(target, mode);
  }
  writeFileSync(
    join(context, 'Dockerfile'),
    dockerfile(from, Object.keys(files).length > 0, config),
  );
}

function plain(data: Buffer | string): { mode: number; data: Buffer | string } {
  return { mode: 0o644, data };
}

function dockerfile(from: string, hasFiles: boolean, config: ImageConfig): string {
  const lines = [`FROM ${from}`];
  if (hasFiles) lines.push('COPY files/ /');
  for (const [name, value] of Object.entries(config.Env ?? {})) {
    lines.push(`ENV ${name}=${JSON.stringify(value)}`);
  }
  if (config.WorkingDir) lines.push(`WORKDIR ${config.WorkingDir}`);
  if (config.User) lines.push(`USER ${config.User}`);
  if (config.HealthCmd) {
    lines.push(`HEALTHCHECK --interval=1s --retries=1 CMD ${config.HealthCmd}`);
  }
  if (config.Entrypoint) lines.push(`ENTRYPOINT ${JSON.stringify(config.Entrypoint)}`);
  if (config.Cmd) lines.push(`CMD ${JSON.stringify(config.Cmd)}`);
  return `${lines.join('\n')}\n`;
}

async function hasImage(engine: Docker, tag: string): Promise<boolean> {
  try {
    await engine.getImage(tag).inspect();
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 404;
}

/** Reads an engine's progress to its end. A failure is a message in it: the HTTP status is 200. */
export async function followed(engine: Docker, progress: NodeJS.ReadableStream): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    engine.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
  });
}
