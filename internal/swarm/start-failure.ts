/**
 * Whose fault it is that a task was not started.
 * - `command`: there is no such program in the image, or it cannot be executed. The engine gives it the
 *   status that a shell does, 126 or 127.
 * - `job`: it asks for what cannot be, or nothing is known of it. It would fail again.
 * - `node`: it lacks what every task needs: network, disk, runtime, cgroups, file descriptors.
 * - `restart`: the engine was restarted meanwhile, and met what it had left.
 */
export type Fault = 'command' | 'job' | 'node' | 'restart';

/**
 * Judges the words of a start that failed. Much in them is text of the job: its command, paths, users,
 * options, addresses. So a pattern holds from the beginning of the words to where such text may begin, and
 * what stands in between is never read. From the end only the kernel's last word is read, and only of words
 * whose beginning says that they end with one. What is not known is the job's: a fault of a node keeps the
 * tasks of all jobs from it.
 *
 * The shapes are those of moby 20.10 to 28.5 and its libnetwork, of containerd 1.6 to 2.1, runc 1.0 to 1.3.
 */
export function faultOf(words: string): Fault {
  const wrapped = WRAPPERS.exec(words)?.[0] ?? '';
  const cause = words.slice(wrapped.length).replace(SUFFIX, '');
  const isOneOf = (shapes: readonly RegExp[]) => shapes.some((shape) => shape.test(cause));
  if (OVERLAPS.test(cause)) return 'job';
  if (isOneOf(RESTARTED)) return 'restart';
  if (isOneOf(OF_THE_NODE) || LAYER_IS_GONE.test(words)) return 'node';
  // The shim speaks of runc here, which names the command of a job only behind words of its own.
  if (wrapped.endsWith(OF_THE_SHIM) && COMMAND.test(cause)) return 'node';
  const isOut = wrapped.includes(IN_CONTAINER) ? IS_FULL : IS_OUT;
  if (isOut.test(cause) && isOneOf(ENDS_WITH_KERNEL)) return 'node';
  return COMMAND.test(cause) ? 'command' : 'job';
}

/** True when the engine says these words of the start: of a process that it has started it says others. */
export function isOfStart(words: string): boolean {
  return words.startsWith('starting container failed: ');
}

const OF_THE_SHIM = 'OCI runtime create failed: ';

/** Said by runc's child, which is under the limits of the job. */
const IN_CONTAINER = 'error during container init: ';

/** What each layer puts before the words of the one below it. */
const WRAPPERS = new RegExp(
  `^(?:${[
    'starting container failed: ',
    'failed to set up container networking: ',
    'failed to create (?:task for container|containerd task|shim(?: task)?): ',
    OF_THE_SHIM,
    'runc create failed: ',
    'unable to start container process: ',
    IN_CONTAINER,
    // runc 1.0; what has quotes in it is not skipped.
    "[a-z_]+\\.go:\\d+: [a-z' ]+ caused: ",
  ].join('|')})+`,
);

/** What containerd and moby put after them. */
const SUFFIX =
  /(?:: (?:unknown|unavailable|internal))?(?:: Are you trying to mount a directory onto a file \(or vice-versa\)\? Check if the specified host path exists and is the expected type)?$/;

const ID = '[0-9a-f]{64}';
/** Of a container, a network, an endpoint, an interface: none has a space in it. */
const NAME = '\\S+';
const GRPC = '(?:rpc error: code = \\w+ desc = )?';

const RESTARTED = fromTheStart([
  // Its container is there already: the engine was killed while it started it.
  `task ${NAME}: already exists$`,
  `container "${ID}": already exists$`,
  'id already in use$',
  'container with (?:given )?id (?:already )?exists',
  `mkdir /\\S*/io\\.containerd\\.runtime\\.\\S*/${ID}: file exists$`,
  // It ended between making it and noting that: swarmkit looks for other words, and does not know it again.
  `conflict\\. the (?:container )?name "/${NAME}" is already in use by container "?${ID}"?\\.`,
  `(?:service )?endpoint with name ${NAME} already exists in network ${NAME}$`,
  // It stops, and containerd with it.
  `${GRPC}context canceled$`,
  'ttrpc: closed$',
  `${GRPC}(?:transport is closing|error reading from server: EOF)$`,
  'could not mount ".*" to container while the daemon is shutting down$',
  // It is back, and does not find the container any more.
  `no such container: ${NAME}$`,
]);

/**
 * Of networks whose addresses overlap: those of the job, or that of its node where it asks for `host` beside
 * another (moby 26.1; others refuse it in words of their own).
 */
const OVERLAPS = new RegExp(
  `^(?:container ${NAME}: endpoint join on GW Network failed: )?failed to add interface ${NAME} to sandbox: error setting interface "${NAME}" IP to ${NAME}: cannot program address ${NAME} in sandbox interface because it conflicts with existing route `,
);

/** A job has no say in how its node makes a network. */
const NETWORK = [
  'network sandbox join failed: ',
  'subnet sandbox join failed for ',
  "couldn't get vxlan id for ",
  `failed to create endpoint ${NAME} on network ${NAME}: `,
  'failed to add endpoint: ',
  `container ${NAME}: endpoint (?:create|join) on GW Network failed: `,
  `container (?:sandbox )?${ID} is already present`,
  'driver failed programming external connectivity on endpoint ',
  'failed to allocate (?:gateway|address|secondary ip address) ',
  'address already in use$',
  'no available ip(?:v[46])? addresses ',
  'node is missing network attachments, ip addresses may be exhausted$',
  '(?:invalid pool request: )?pool overlaps with other one on this address space',
  'could not find an available, non-overlapping ',
  'all predefined address pools have been fully subnetted',
  'could not find the corresponding predefined swarm network: ',
  `network ${NAME} (?:not found|does not exist)$`,
  `no such network: ${NAME}$`,
  'failed to get network during createendpoint: ',
  `failed (?:sandbox add: |to add interface ${NAME} to sandbox: |to add static route )`,
  'failed to set (?:ipv6 )?gateway ',
  'failed to create (?:new osl sandbox|network sandbox|the [\\w-]+ port)',
  'namespace creation reexec command failed',
  'error (?:creating|setting|configuring) (?:vxlan|bridge|veth|network|interface|gw) ',
  'could not (?:find|create|add|get) (?:a )?(?:network|endpoint|subnet|bridge|veth|link|docker_gwbridge)',
  'adding interface ',
  '-o parent interface was not found on the host: ',
  `the requested parent interface ${NAME} was not found on the docker host`,
  'failed to (?:update|save) (?:bridge endpoint|store for object type) ',
  // Of iptables and nftables.
  'failed to (?:set ?up|program|add|insert|append|create) (?:ip ?tables|ip6tables|nftables|nat|filter|jump|firewall|chain|rules?)',
  'unable to (?:enable|add|append|insert|prevent|allow) ',
  '(?:ip6?tables|nft)(?: failed|: )',
];

const RUNTIME = [
  'unable to retrieve oci runtime error \\(',
  '[\\w./-]+ did not terminate successfully: ',
  'failed to start shim: ',
  'failed to create ttrpc connection: ',
  'runtime "[^"]*" binary not installed ',
  'unknown runtime specified ',
  'unknown or invalid runtime name: ',
  `${GRPC}connection error: desc = `,
  `${GRPC}context deadline exceeded$`,
  'failed to mount rootfs component ',
  'failed to open std(?:in|out|err) fifo: ',
];

/** The engine's own folder of a layer or a container, and what is in it by the engine's own names. */
const OWN_FOLDER = `/\\S*/(?:overlay2/l/[A-Z0-9]{26}|(?:overlay2|fuse-overlayfs|vfs|btrfs|zfs)/${ID}(?:-init)?(?:/(?:diff|work|merged|lower|link|committed|\\.tmp-[\\w-]+))?|containers/${ID}(?:/[\\w.-]+)?)`;
const GONE_OR_BROKEN =
  '(?:no such file or directory|read-only file system|input/output error|structure needs cleaning|stale file handle)$';

const STORAGE = [
  'error creating \\w+ mount to ',
  'error creating read-write layer ',
  'failed to (?:register layer|get layer|create rwlayer)',
  'failed to (?:create|prepare|mount) (?:extraction )?snapshot',
  'failed to mount /\\S*containerd-mount',
  '(?:error creating|failed to create) (?:temporary )?lease: ',
  '(?:layer|mount|snapshot) does not exist$',
  `(?:rwlayer|(?:getresourcepath: )?basefs) of container ${ID} is unexpectedly nil`,
  '(?:devmapper|devicemapper): ',
  `(?:open|lstat|mkdir|readlink|rename|remove|unlinkat|invalid output path: stat) ${OWN_FOLDER}: ${GONE_OR_BROKEN}`,
  `symlink \\.\\./${ID}\\S* /\\S*/overlay2/l/[A-Z0-9]{26}: `,
  'mounting shm tmpfs: ',
  '(?:secret|config) store is not initialized$',
  'unable to get (?:secret|config) from (?:secret|config) store: ',
  'error (?:getting container secrets (?:dir|path)|creating secret local mount path|injecting (?:secret|config)): ',
  'unable to (?:setup secret mount|remount dir as readonly)',
];

/** The same of `stat`; while a task is prepared the engine says that of paths of the job, too. */
const LAYER_IS_GONE = new RegExp(
  `^starting container failed: stat ${OWN_FOLDER}: ${GONE_OR_BROKEN}`,
);

const CONFINEMENT = [
  'unable to apply cgroup configuration: ',
  'cgroups?: ',
  'cannot set \\w+ limit: container could not join or create cgroup$',
  'unable to init cpu rt controller',
  'nanocpus can not be set, as your kernel does not support ',
  'apparmor (?:enabled on system but|failed to apply profile: )',
  'could not check if [\\w-]+ apparmor profile was loaded: ',
  'unable to apply apparmor profile: ',
  '(?:unable to init|error (?:adding|loading)) seccomp',
  'opening seccomp profile \\(',
  'seccomp is not enabled in your kernel, ',
  // What every container has; the source of a job's mount is a path. Its target may be a file in the image.
  'error mounting "(?:proc|sysfs|devpts|mqueue|cgroup)" to rootfs at (?!.*: not a directory$)',
  'error (?:preparing rootfs|jailing process inside rootfs): ',
  // The engine's own hook, which puts the network in.
  'error running (?:\\w+ )?hook #\\d+: ',
];

const PROCESS = [
  'unable to start init: ',
  // One that its own limits killed says that it was.
  "can't get final child's pid from pipe: ",
  'waiting for init preliminary setup: ',
  'fork/exec /proc/self/(?:exe|fd/\\d+): ',
  'unable to create (?:(?:init|log) pipe|new parent process): ',
  'unable to setup exec fifo: ',
];

const OF_THE_NODE = fromTheStart([...NETWORK, ...RUNTIME, ...STORAGE, ...CONFINEMENT, ...PROCESS]);

/** The node has no more of what its tasks share. */
const FULL = 'no space left on device|disk quota exceeded|too many open files(?: in system)?';
const IS_FULL = new RegExp(`: (?:${FULL})$`);
/** Within a container the rest may be short by the limits of the job. */
const IS_OUT = new RegExp(`: (?:${FULL}|cannot allocate memory|resource temporarily unavailable)$`);

/** Calls to the kernel: what the job says is in the middle of them, and the last word is the kernel's. */
const ENDS_WITH_KERNEL = fromTheStart([
  '(?:open|openat2?|stat|lstat|mkdir|mkdirat|mknod|symlink|link|rename|write|read|chmod|l?chown|unlinkat|remove|mount|copy_file_range|f?sync|f?truncate|fallocate|pipe2?|socket|epoll_create1?|inotify_init1?|fork/exec):? ',
  '(?:error )?mounting "',
  'error while (?:creating|mounting) ',
  `create ${NAME}: error while creating `,
  'error (?:creating device nodes|setting up ptmx|setting up /dev symlinks): ',
  'error (?:sending config to init process|updating spec state|getting pipe fds for pid \\d+): ',
  "can't copy bootstrap data to pipe: ",
  'error (?:creating (?:secret|config) mount path|setting (?:ownership|file mode) for (?:secret|config)): ',
  'unable to (?:store init state|mark non-stdio fds as cloexec): ',
  'failed to initialize logging driver: (?:open|mkdir|write|error creating local logs dir: mkdir) ',
  'exec(?: fifo)?: ',
]);

/** runc did not find the program, or could not execute it. */
const COMMAND = /^exec: \\?"/;

function fromTheStart(shapes: readonly string[]): RegExp[] {
  return shapes.map((shape) => new RegExp(`^${shape}`, 'is'));
}
