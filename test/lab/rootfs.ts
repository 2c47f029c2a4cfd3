import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { installed, redisBinary } from './redis.ts';
import { run } from './spawn.ts';

/** Images the lab can make from what is on this machine; no registry is ever asked. */
export type ImageName = keyof typeof PROGRAMS | 'busybox';

/** What the images hold beside a busybox. */
const PROGRAMS = {
  node: () => programs({ source: realpathSync(process.execPath), target: '/usr/bin/node' }),
  redis: () =>
    programs(
      { source: redisBinary(), target: '/usr/bin/redis-server' },
      { source: installed(['redis-cli', 'valkey-cli']), target: '/usr/bin/redis-cli' },
    ),
  haproxy: () => programs({ source: installed(['haproxy']), target: '/usr/bin/haproxy' }),
  prometheus: () =>
    programs(
      { source: installed(['prometheus']), target: '/usr/bin/prometheus' },
      { source: installed(['promtool']), target: '/usr/bin/promtool' },
    ),
};

/** As in the official images of Redis. */
const REDIS_UID = 999;

/** A file of this machine and its path in an image. */
export interface RootFile {
  source: string;
  target: string;
}

/** What an image is made of. */
export interface RootFs {
  files: RootFile[];
  texts: Record<string, string>;
}

/** Finds the files of an image on this machine. @throws Error when one is not installed. */
export async function rootFsOf(name: ImageName): Promise<RootFs> {
  const { files, texts } = await busyboxFs();
  if (name === 'busybox') return { files, texts };
  return { files: [...files, ...(await PROGRAMS[name]())], texts };
}

/** Lays the image out in a folder. */
export async function writeRootFs(rootFs: RootFs, dir: string): Promise<void> {
  const folders = ['bin', 'data', 'etc', 'proc', 'root', 'sys', 'tmp', 'usr/bin', 'var/tmp'];
  for (const folder of folders) mkdirSync(join(dir, folder), { recursive: true });
  await run('chmod', ['1777', join(dir, 'tmp'), join(dir, 'var/tmp')]);
  // A volume takes its owner from the folder that it covers.
  await run('chown', [String(REDIS_UID), join(dir, 'data')]);
  for (const { source, target } of rootFs.files) {
    mkdirSync(join(dir, dirname(target)), { recursive: true });
    copyFileSync(source, join(dir, target));
  }
  for (const [path, text] of Object.entries(rootFs.texts)) writeFileSync(join(dir, path), text);
  await run('chroot', [dir, '/bin/busybox', '--install', '-s', '/bin']);
}

/** A static busybox with its applets. It cannot resolve DNS names: glibc needs libraries for that. */
async function busyboxFs(): Promise<RootFs> {
  const source = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path));
  if (!source) throw new Error('no busybox on this machine; run: test/lab/install.sh');
  return {
    files: [{ source, target: '/bin/busybox' }],
    texts: {
      '/etc/passwd':
        'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' +
        `redis:x:${REDIS_UID}:${REDIS_UID}:redis:/data:/bin/false\n`,
      '/etc/group': `root:x:0:\nnogroup:x:65534:\nredis:x:${REDIS_UID}:\n`,
      '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
    },
  };
}

/** Programs of this machine under their paths in an image, with the libraries they are linked with. */
async function programs(...found: RootFile[]): Promise<RootFile[]> {
  const files: RootFile[] = [];
  for (const file of found) files.push(...(await withLibraries(file)));
  return files;
}

/** A program, its libraries, and those that resolve names. */
async function withLibraries({ source, target }: RootFile): Promise<RootFile[]> {
  const libraries = librariesIn(await run('ldd', [source]));
  const libc = libraries.find((path) => basename(path) === 'libc.so.6');
  if (!libc) throw new Error(`ldd names no libc.so.6 for ${source}; the lab needs glibc programs`);
  const resolvers = readdirSync(dirname(libc))
    .filter((file) => /^(libnss_dns|libnss_files|libresolv)\.so\.2$/.test(file))
    .map((file) => join(dirname(libc), file));
  const files = [...new Set([...libraries, ...resolvers])];
  return [{ source, target }, ...files.map((path) => ({ source: path, target: path }))];
}

/** Paths in `ldd`'s lines `name => /path (0x…)` and `/path (0x…)`. */
function librariesIn(ldd: string): string[] {
  return [...ldd.matchAll(/(?:=>|^)\s+(\/\S+) \(0x/gm)].flatMap(([, path]) => path ?? []);
}
