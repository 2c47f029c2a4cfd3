/** Names that the kernel and the engine know, as they write them. */

/** capability.h of Linux 6; the engine adds those that its own kernel has. */
export const CAPABILITIES = [
  ...['AUDIT_CONTROL', 'AUDIT_READ', 'AUDIT_WRITE', 'BLOCK_SUSPEND', 'BPF', 'CHECKPOINT_RESTORE'],
  ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'IPC_LOCK', 'IPC_OWNER'],
  ...['KILL', 'LEASE', 'LINUX_IMMUTABLE', 'MAC_ADMIN', 'MAC_OVERRIDE', 'MKNOD', 'NET_ADMIN'],
  ...['NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_RAW', 'PERFMON', 'SETFCAP', 'SETGID', 'SETPCAP'],
  ...['SETUID', 'SYSLOG', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_CHROOT', 'SYS_MODULE', 'SYS_NICE'],
  ...['SYS_PACCT', 'SYS_PTRACE', 'SYS_RAWIO', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG'],
  'WAKE_ALARM',
];

/** As github.com/docker/go-units (ulimit.go) names them. */
export const ULIMITS = [
  ...['core', 'cpu', 'data', 'fsize', 'locks', 'memlock', 'msgqueue', 'nice', 'nofile', 'nproc'],
  ...['rss', 'rtprio', 'rttime', 'sigpending', 'stack'],
];

const SIGNALS = new Set([
  ...['ABRT', 'ALRM', 'BUS', 'CHLD', 'CONT', 'FPE', 'HUP', 'ILL', 'INT', 'IO', 'IOT', 'KILL'],
  ...['PIPE', 'POLL', 'PROF', 'PWR', 'QUIT', 'SEGV', 'STKFLT', 'STOP', 'SYS', 'TERM', 'TRAP'],
  ...['TSTP', 'TTIN', 'TTOU', 'URG', 'USR1', 'USR2', 'VTALRM', 'WINCH', 'XCPU', 'XFSZ'],
]);
const REALTIME = /^RT(?:MIN(?:\+(?:\d|1[0-5]))?|MAX(?:-(?:\d|1[0-4]))?)$/;

/** True for what the engine takes for a signal: `SIGINT`, `INT`, `SIGRTMIN+3`, `2`. */
export function isSignal(name: string): boolean {
  const short = name.toUpperCase().replace(/^SIG/, '');
  const isNumber = /^\d{1,2}$/.test(name) && Number(name) >= 1 && Number(name) <= 64;
  return isNumber || SIGNALS.has(short) || REALTIME.test(short);
}

const SYSCTLS = new Set([
  ...['kernel.msgmax', 'kernel.msgmnb', 'kernel.msgmni', 'kernel.sem', 'kernel.shmall'],
  ...['kernel.shmmax', 'kernel.shmmni', 'kernel.shm_rmid_forced'],
]);

/** True for the settings that a container has of its own: those of its IPC and network namespaces. */
export function isOwnSysctl(name: string): boolean {
  return SYSCTLS.has(name) || /^(?:fs\.mqueue|net)\.[A-Za-z0-9_.:/-]{1,200}$/.test(name);
}
