/**
 * What engines say when they do not start a task: the words of `Status.Err`. Seen on 20.10.24, 26.1.5 and
 * 28.5.2 (`seen`), else as the sources of moby, swarmkit, libnetwork, containerd and runc have them.
 */
export interface FailedStart {
  what: string;
  words: string;
  /** The engines that were seen to say it. */
  seen?: string;
}

const ID = '32b7761cace65e514e080ed56be8a1cfeca9d248c059b2cb12810d66add874a6';
const DATA = '/var/lib/docker';
const START = 'starting container failed: ';
const CREATE = `${START}failed to create shim task: OCI runtime create failed: `;
const CREATE_26 = `${START}failed to create task for container: failed to create shim task: OCI runtime create failed: `;
const RUNC = `${CREATE}runc create failed: unable to start container process: `;
const RUNC_26 = `${CREATE_26}runc create failed: unable to start container process: `;
const NETWORKING_28 = `${START}failed to set up container networking: `;
const NO_LOG = `unable to retrieve OCI runtime error (open /run/containerd/io.containerd.runtime.v2.task/moby/${ID}/log.json: no such file or directory): `;
const NO_BRIDGE = 'adding interface veth16a8ddb to bridge docker0 failed: ';
const ENDPOINT =
  'failed to create endpoint swarmer-x-0-1.1.yvwnjf6nxw05vw8s0ymu3nin7 on network bridge: ';
const GATEWAY = `container ${ID}: endpoint create on GW Network failed: failed to create endpoint gateway_1e1f906b345b on network docker_gwbridge: `;

/** The node cannot start it, whatever the job asks. */
export const NODE_FAULTS: readonly FailedStart[] = [
  // Network
  {
    what: 'no docker0',
    words: `${START}${ENDPOINT}${NO_BRIDGE}could not find bridge docker0: route ip+net: no such network interface`,
    seen: '20.10',
  },
  {
    what: 'no docker0',
    words: `${START}${ENDPOINT}${NO_BRIDGE}Device does not exist`,
    seen: '26.1',
  },
  {
    what: 'no docker0',
    words: `${NETWORKING_28}${ENDPOINT}${NO_BRIDGE}Device does not exist`,
    seen: '28.5',
  },
  {
    what: 'no docker_gwbridge',
    words: `${START}${GATEWAY}adding interface vethe93b498 to bridge docker_gwbridge failed: could not find bridge docker_gwbridge: route ip+net: no such network interface`,
    seen: '20.10, 26.1',
  },
  {
    what: 'no docker_gwbridge',
    words: `${NETWORKING_28}${GATEWAY}adding interface veth1 to bridge docker_gwbridge failed: Device does not exist`,
    seen: '28.5',
  },
  {
    what: 'no veth',
    words: `${START}${ENDPOINT}failed to add the host (veth1) <=> sandbox (veth2) pair interfaces: operation not supported`,
  },
  {
    what: 'vxlan id taken, which prepares no container',
    words:
      'network sandbox join failed: subnet sandbox join failed for "10.0.1.0/24": error creating vxlan interface: file exists',
    seen: '20.10, 26.1, 28.5',
  },
  {
    what: 'iptables broken',
    words: `${NETWORKING_28}${ENDPOINT}Unable to enable DIRECT ACCESS FILTERING - DROP rule:  (iptables failed: iptables --wait -t raw -A PREROUTING: no (exit status 1))`,
    seen: '28.5',
  },
  {
    what: 'iptables broken, a port',
    words: `${START}driver failed programming external connectivity on endpoint swarmer-x-0-1.1.y (${ID}):  (iptables failed: iptables --wait -t nat -A DOCKER: iptables: No chain/target/match by that name. (exit status 1))`,
  },
  {
    what: 'iptables broken, the chains',
    words: 'Failed to Setup IP tables: Unable to enable SKIP DNAT rule:  (iptables failed: …)',
  },
  { what: 'address left over', words: `${START}Address already in use`, seen: '1.12 to 17.06' },
  {
    what: 'gateway left over',
    words: 'failed to allocate gateway (10.0.24.1): Address already in use',
    seen: '17.09',
  },
  {
    what: 'addresses used up',
    words: 'node is missing network attachments, ip addresses may be exhausted',
    seen: '20.10, 26.1',
  },
  {
    what: 'addresses of the bridge used up',
    words: `${START}no available IPv4 addresses on this network's address pools: docker_gwbridge (${ID})`,
  },
  {
    what: 'no file for a sysctl of the sandbox',
    words: `${NETWORKING_28}could not add veth pair inside the network sandbox: error setting interface "vetha4e300d" IPv6 to <nil>: failed to configure ipv6: open /proc/sys/net/ipv6/conf/veth1/disable_ipv6: too many open files`,
    seen: '28.5',
  },
  {
    what: 'network unknown on the node',
    words: `${START}network ij7n6zmdkhejwz9s9nee64ea8 not found`,
  },
  {
    what: 'no default network on the node',
    words: 'could not find the corresponding predefined swarm network: network bridge not found',
  },
  {
    what: 'the hook that puts the network in',
    words: `${RUNC}error during container init: error running hook #0: error running hook: exit status 1, stdout: , stderr: failed to add interface veth1 to sandbox: operation not supported: unknown`,
  },
  // Runtime
  {
    what: 'no runc',
    words: `${CREATE}${NO_LOG}exec: "runc": executable file not found in $PATH: unknown`,
    seen: '20.10',
  },
  {
    what: 'no runc',
    words: `${CREATE_26}${NO_LOG}exec: "runc": executable file not found in $PATH`,
    seen: '26.1, 28.5',
  },
  {
    what: 'runc fails',
    words: `${CREATE}${NO_LOG}runc did not terminate successfully: exit status 1: unknown`,
    seen: '20.10',
  },
  {
    what: 'runc is no program',
    words: `${CREATE}${NO_LOG}fork/exec /usr/sbin/runc: exec format error: unknown`,
    seen: '20.10',
  },
  {
    what: 'no shim',
    words: `${START}failed to start shim: start failed: : fork/exec /usr/bin/containerd-shim-runc-v2: no such file or directory: unknown`,
    seen: '20.10',
  },
  {
    what: 'shim cannot be executed',
    words: `${START}failed to create task for container: failed to start shim: start failed: : fork/exec /usr/bin/containerd-shim-runc-v2: permission denied: unknown`,
    seen: '26.1',
  },
  {
    what: 'shim fails',
    words: `${START}failed to start shim: start failed: boom\n: exit status 1: unknown`,
    seen: '20.10',
  },
  {
    what: 'shim not installed',
    words: `${START}failed to start shim: failed to resolve runtime path: runtime "io.containerd.runc.v2" binary not installed "containerd-shim-runc-v2": file does not exist: unknown`,
  },
  {
    what: 'no containerd',
    words: `${START}connection error: desc = "transport: Error while dialing dial unix /run/containerd/containerd.sock: connect: connection refused": unavailable`,
    seen: '20.10',
  },
  {
    what: 'no containerd',
    words: `${START}failed to create task for container: connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory": unavailable`,
  },
  { what: 'containerd hangs', words: `${CREATE}context deadline exceeded: unknown` },
  { what: 'runtime unknown', words: 'unknown or invalid runtime name: crun' },
  {
    what: 'no runc, and no log of it',
    words: `${CREATE}exec: "runc": executable file not found in $PATH: unknown`,
  },
  {
    what: 'runc dies of the limits of the machine',
    words: `${CREATE_26}runc did not terminate successfully: exit status 2: runtime/cgo: pthread_create failed: Resource temporarily unavailable\nSIGABRT: abort\n: unknown`,
  },
  {
    what: 'shim cannot be talked to',
    words: `${START}failed to create shim task: failed to create TTRPC connection: unsupported protocol: unknown`,
  },
  {
    what: 'runc starts no child',
    words: `${RUNC}can't get final child's PID from pipe: EOF: unknown`,
  },
  {
    what: 'no parent interface on this node',
    words: 'the requested parent interface eth9 was not found on the Docker host',
  },
  // Disk and storage
  {
    what: 'disk full, of a lease',
    words:
      'error creating temporary lease: write /var/lib/docker/containerd/daemon/io.containerd.metadata.v1.bolt/meta.db: no space left on device: unknown',
  },
  {
    what: 'disk full',
    words: `open ${DATA}/containers/${ID}/.tmp-config.v2.json779496606: no space left on device`,
    seen: '20.10, 26.1, 28.5',
  },
  {
    what: 'disk full, of a new layer',
    words: `mkdir ${DATA}/overlay2/${ID}-init: no space left on device`,
  },
  {
    what: 'disk full, of a volume',
    words: `create newvol: error while creating volume data path '${DATA}/volumes/newvol/_data': mkdir ${DATA}/volumes/newvol/_data: no space left on device`,
    seen: '20.10, 26.1, 28.5',
  },
  {
    what: 'disk full, of a mount source',
    words: `${START}error while creating mount source path '/srv/x': mkdir /srv/x: no space left on device`,
  },
  {
    what: 'disk full, in the container',
    words: `${RUNC}error during container init: error mounting "/srv/x" to rootfs at "/x": mkdir ${DATA}/overlay2/${ID}/merged/x: no space left on device: unknown`,
  },
  {
    what: 'disk full, of the log',
    words: `${START}failed to create task for container: failed to initialize logging driver: open ${DATA}/containers/${ID}/${ID}-json.log: no space left on device`,
  },
  {
    what: '/run full',
    words: `${START}failed to open stderr fifo: error creating fifo /run/docker/containerd/${ID}/init-stderr: no space left on device`,
    seen: '20.10',
  },
  {
    what: '/run full',
    words: `${START}failed to create task for container: failed to open stderr fifo: error creating fifo /run/docker/containerd/${ID}/${ID}-stderr: no space left on device`,
    seen: '26.1, 28.5',
  },
  { what: 'quota', words: `${START}mkdir ${DATA}/overlay2/${ID}/work: disk quota exceeded` },
  {
    what: 'read-only disk',
    words: `mkdir ${DATA}/containers/${ID}: read-only file system`,
    seen: '20.10',
  },
  {
    what: 'layers read-only',
    words: `mkdir ${DATA}/overlay2/${ID}-init: read-only file system`,
    seen: '20.10, 26.1, 28.5',
  },
  {
    what: 'layer gone',
    words: `open ${DATA}/overlay2/${ID}/committed: no such file or directory`,
    seen: '20.10',
  },
  {
    what: 'layer gone',
    words: `open ${DATA}/overlay2/${ID}/.tmp-committed3157349880: no such file or directory`,
    seen: '26.1',
  },
  {
    what: 'layer gone',
    words: `invalid output path: stat ${DATA}/overlay2/${ID}: no such file or directory`,
    seen: '28.5',
  },
  {
    what: 'layer gone at the start',
    words: `${START}stat ${DATA}/overlay2/${ID}: no such file or directory`,
  },
  {
    what: 'links of layers gone',
    words: `symlink ../${ID}-init/diff ${DATA}/overlay2/l/VFN4SBXZPLVLPDXUEE3TGEPV2Y: no such file or directory`,
    seen: '20.10',
  },
  {
    what: 'layer cannot be mounted',
    words: `${START}error creating overlay mount to ${DATA}/overlay2/${ID}/merged: invalid argument`,
  },
  { what: 'layer lost', words: 'layer does not exist' },
  {
    what: 'container without a layer',
    words: `${START}RWLayer of container ${ID} is unexpectedly nil`,
  },
  {
    what: 'broken disk',
    words: `open ${DATA}/containers/${ID}/config.v2.json: input/output error`,
  },
  { what: 'shm', words: `${START}mounting shm tmpfs: no space left on device` },
  // Files, memory, processes
  { what: 'no more files', words: `open ${DATA}/containers/${ID}/hostname: too many open files` },
  {
    what: 'no more files of the machine',
    words: `${START}error while creating mount source path '/srv/x': mkdir /srv/x: too many open files in system`,
  },
  {
    what: 'no memory for a process',
    words: `${RUNC}unable to start init: fork/exec /proc/self/exe: cannot allocate memory: unknown`,
  },
  {
    what: 'no more processes',
    words: `${RUNC}unable to start init: fork/exec /proc/self/exe: resource temporarily unavailable: unknown`,
  },
  {
    what: 'no memory, of runc 1.0',
    words: `${CREATE}container_linux.go:380: starting container process caused: process_linux.go:338: starting init process command caused: fork/exec /proc/self/exe: cannot allocate memory: unknown`,
  },
  {
    what: 'no pipe',
    words: `${CREATE}runc create failed: unable to create new parent process: unable to create init pipe: too many open files: unknown`,
  },
  // What confines it
  {
    what: 'cgroups not mounted',
    words: `${RUNC}unable to apply cgroup configuration: mkdir /sys/fs/cgroup/cpuset/docker: no such file or directory: unknown`,
    seen: '20.10, 26.1',
  },
  {
    what: 'cgroups not mounted',
    words: `${START}cgroups: cgroup mountpoint does not exist: unknown`,
  },
  {
    what: 'no AppArmor profile',
    words: `${START}AppArmor enabled on system but the docker-default profile could not be loaded: running \`apparmor_parser\`: executable file not found in $PATH`,
  },
  {
    what: 'no AppArmor profile',
    words: `${RUNC}error during container init: unable to apply apparmor profile: apparmor failed to apply profile: write /proc/self/attr/apparmor/exec: no such file or directory: unknown`,
  },
  {
    what: 'no seccomp',
    words: `${RUNC_26}error during container init: error loading seccomp filter into kernel: error loading seccomp filter: errno 524: unknown`,
  },
  {
    what: 'no /proc',
    words: `${RUNC}error during container init: error mounting "proc" to rootfs at "/proc": mount proc:/proc (via /proc/self/fd/6), flags: 0xe: operation not permitted: unknown`,
  },
  {
    what: 'rootfs cannot be entered',
    words: `${RUNC}error during container init: error jailing process inside rootfs: pivot_root .: invalid argument: unknown`,
  },
];

/** The engine was restarted while it started the task. */
export const RESTARTS: readonly FailedStart[] = [
  {
    what: 'a task of containerd is left',
    words: `${START}task ${ID}: already exists: unknown`,
    seen: '20.10',
  },
  {
    what: 'a task of containerd is left',
    words: `${START}failed to create task for container: task ${ID}: already exists`,
  },
  { what: 'a container of containerd is left', words: `${START}container "${ID}": already exists` },
  { what: 'its id is left', words: `${START}id already in use`, seen: '20.10' },
  {
    what: 'a container of runc is left',
    words: `${CREATE}runc create failed: container with given ID already exists: unknown`,
  },
  {
    what: 'a bundle is left',
    words: `${START}failed to create shim task: mkdir /run/containerd/io.containerd.runtime.v2.task/moby/${ID}: file exists: unknown`,
  },
  {
    what: 'an endpoint is left',
    words: `${START}endpoint with name swarmer-x-0-1.1.y already exists in network bridge`,
  },
  {
    what: 'the shim is gone',
    words: `${CREATE.replace('OCI runtime create failed: ', '')}ttrpc: closed: unknown`,
    seen: '20.10',
  },
  { what: 'it stops', words: `${START}context canceled` },
  { what: 'containerd stops', words: `${START}transport is closing: unavailable`, seen: '20.10' },
  {
    what: 'containerd stops',
    words: `${START}rpc error: code = Unavailable desc = transport is closing`,
  },
  { what: 'containerd stops', words: `${START}error reading from server: EOF: unavailable` },
  {
    what: 'it stops, and mounts nothing more',
    words: `${START}Could not mount "/srv/x" to container while the daemon is shutting down`,
  },
  {
    what: 'the container is gone',
    words: 'No such container: swarmer-x-0-1.1.yvwnjf6nxw05vw8s0ymu3nin7',
    seen: '20.10',
  },
  {
    what: 'a container is left that it had just made',
    words: `Conflict. The container name "/swarmer-x-0-1.1.yvwnjf6nxw05vw8s0ymu3nin7" is already in use by container "${ID}". You have to remove (or rename) that container to be able to reuse that name.`,
    seen: '20.10',
  },
];

/** The job asks for what cannot be; `text` is what it wrote, and stands in the words as it is. */
export const JOB_FAULTS: readonly { what: string; words: (text: string) => string }[] = [
  { what: 'the path of an image', words: (text) => `No such image: ${text}` },
  { what: 'an argument that starts nothing', words: () => 'No command specified' },
  {
    what: 'the address of gelf',
    words: (text) =>
      `${START}failed to initialize logging driver: gelf: cannot connect to GELF endpoint: ${text} dial tcp 127.0.0.1:9: connect: connection refused`,
  },
  {
    what: 'the address of fluentd',
    words: (text) =>
      `${START}failed to create task for container: failed to initialize logging driver: dial unix ${text}: connect: no such file or directory`,
  },
  {
    what: 'the endpoint of fluentd',
    words: () =>
      `${START}failed to initialize logging driver: dial tcp 127.0.0.1:9: connect: connection refused`,
  },
  { what: 'the address of syslog', words: (text) => `stat ${text}: no such file or directory` },
  {
    what: 'the URL of splunk',
    words: (text) =>
      `${START}failed to initialize logging driver: Options "${text}": dial tcp 127.0.0.1:9: connect: connection refused`,
  },
  {
    what: 'an address that is none',
    words: (text) => `parse "${text}": invalid character " " in host name`,
  },
  {
    what: 'an option of the log',
    words: (text) => `unknown log opt '${text}' for json-file log driver`,
  },
  {
    what: 'the size of the log',
    words: (text) => `${START}failed to initialize logging driver: invalid size: '${text}'`,
  },
  { what: 'the mode of the log', words: (text) => `logger: logging mode not supported: ${text}` },
  {
    what: 'an NFS server that refuses',
    words: (text) =>
      `${START}error while mounting volume '${DATA}/volumes/nfs1/_data': failed to mount local volume: mount :${text}:${DATA}/volumes/nfs1/_data, data: addr=10.0.0.9: connection refused`,
  },
  {
    what: 'the device of a volume',
    words: (text) =>
      `${START}error while mounting volume '${DATA}/volumes/v/_data': failed to mount local volume: mount ${text}:${DATA}/volumes/v/_data, flags: 0x1000: no such file or directory`,
  },
  { what: 'an option of a volume', words: (text) => `create v: invalid option: "${text}"` },
  {
    what: 'the name of a volume',
    words: (text) =>
      `create ${text}: "${text}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
  },
  {
    what: 'the source of a bind mount',
    words: (text) =>
      `invalid mount config for type "bind": bind source path does not exist: ${text}`,
  },
  {
    what: 'a source that is made',
    words: (text) =>
      `${START}error while creating mount source path '${text}': mkdir ${text}: read-only file system`,
  },
  {
    what: 'the propagation of a mount',
    words: (text) => `${START}path ${text} is mounted on / but it is not a shared mount`,
  },
  {
    what: 'a relative target',
    words: (text) => `invalid mount target, must be an absolute path: ${text}`,
  },
  {
    what: 'a folder on a file',
    words: (text) =>
      `${RUNC}error during container init: error mounting "${text}" to rootfs at "${text}": mount ${text}:${text} (via /proc/self/fd/6), flags: 0x5000: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type`,
  },
  {
    what: 'a target within /proc',
    words: (text) =>
      `${RUNC}error during container init: error mounting "/etc" to rootfs at "/proc/${text}": "${DATA}/overlay2/${ID}/merged/proc/${text}" cannot be mounted because it is inside /proc: unknown`,
  },
  {
    what: '/proc of an image that is a file',
    words: () =>
      `${RUNC}error during container init: error mounting "proc" to rootfs at "/proc": mkdir /proc: not a directory: unknown`,
  },
  {
    what: 'the user',
    words: (text) => `${START}unable to find user ${text}: no matching entries in passwd file`,
  },
  {
    what: 'a group',
    words: (text) => `${START}Unable to find group ${text}: no matching entries in group file`,
  },
  {
    what: 'the working directory',
    words: (text) => `lstat ${DATA}/overlay2/${ID}/merged${text}: not a directory`,
  },
  {
    what: 'a relative working directory',
    words: (text) => `the working directory '${text}' is invalid, it needs to be an absolute path`,
  },
  {
    what: 'a working directory that is closed',
    words: (text) =>
      `${RUNC}error during container init: chdir to cwd ("${text}") set in config.json failed: permission denied: unknown`,
  },
  {
    what: 'the host name',
    words: () => `${RUNC}error during container init: sethostname: invalid argument: unknown`,
  },
  {
    what: 'a sysctl',
    words: (text) =>
      `${RUNC}error during container init: open /proc/sys/net/${text}: no such file or directory: unknown`,
  },
  {
    what: 'a sysctl of the node',
    words: (text) =>
      `${CREATE}runc create failed: sysctl "${text}" is not in a separate kernel namespace: unknown`,
  },
  {
    what: 'an rlimit',
    words: (text) =>
      `${CREATE}runc create failed: wrong rlimit value: ${`RLIMIT_${text}`.toUpperCase()}: unknown`,
  },
  {
    what: 'an rlimit that is too high',
    words: () =>
      `${RUNC}error during container init: error setting rlimits for ready process: error setting rlimit type 7: operation not permitted: unknown`,
  },
  { what: 'the signal that stops it', words: (text) => `Invalid signal: ${text}` },
  { what: 'a capability', words: (text) => `invalid CapAdd: unknown capability: "${text}"` },
  { what: 'a variable', words: (text) => `invalid environment variable: ${text}` },
  {
    what: 'a name server',
    words: (text) =>
      `${START}bad nameserver address ${text}: ParseAddr("${text}"): unable to parse IP`,
  },
  { what: 'a host', words: (text) => `invalid IP address in add-host: "${text}"` },
  {
    what: 'too little memory',
    words: () => `${RUNC}container init was OOM-killed (memory limit too low?): unknown`,
  },
  {
    what: 'too few processes',
    words: () =>
      `${RUNC}error during container init: fork/exec /x: resource temporarily unavailable: unknown`,
  },
  {
    what: 'more processors than there are',
    words: () => 'Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available',
  },
  {
    what: 'host beside a network',
    words: () =>
      'container sharing network namespace with another container or host cannot be connected to any other network',
  },
  {
    what: 'a network beside host',
    words: () => 'container cannot be disconnected from host network or connected to host network',
  },
  {
    what: 'host beside a network, of 26.1',
    words: () =>
      `${START}container ${ID}: endpoint join on GW Network failed: failed to add interface vethe24cc5d to sandbox: error setting interface "vethe24cc5d" IP to 172.18.0.3/16: cannot program address 172.18.0.3/16 in sandbox interface because it conflicts with existing route {Ifindex: 2 Dst: 172.18.0.0/16}`,
  },
  {
    what: 'host beside a network, of 28.5',
    words: () =>
      `${NETWORKING_28}container sharing network namespace with another container or host cannot be connected to any other network`,
  },
  {
    what: 'a network beside host, of 28.5',
    words: () =>
      `${NETWORKING_28}cannot connect container to host network - container must be created in host network mode`,
  },
  {
    what: 'an alias on the default network',
    words: () => 'network-scoped alias is supported only for containers in user defined networks',
  },
];

/** The program of the job is not there or cannot be executed; `text` is how the job names it. */
export const COMMAND_FAULTS: readonly { what: string; words: (text: string) => string }[] = [
  {
    what: 'not there',
    words: (text) => `${RUNC}exec: "${text}": stat ${text}: no such file or directory: unknown`,
  },
  {
    what: 'not in the path',
    words: (text) => `${RUNC}exec: "${text}": executable file not found in $PATH: unknown`,
  },
  {
    what: 'not there, of 28.5',
    words: (text) =>
      `${RUNC_26}error during container init: exec: "${text}": stat ${text}: no such file or directory`,
  },
  {
    what: 'a folder',
    words: (text) => `${RUNC_26}exec: "${text}": is a directory: unknown: permission denied`,
  },
  { what: 'not executable', words: (text) => `${RUNC}exec: "${text}": permission denied: unknown` },
];
