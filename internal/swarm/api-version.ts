/** Versions of the Engine API that this adapter is tested with: those of Engine 20.10 and of 28.5. */
const OLDEST = '1.41';
const NEWEST = '1.51';

/**
 * The version to speak with an engine: the newest that both know. A later engine may answer in another
 * way by itself; one of Engine 29 refuses versions below 1.44.
 * @param offered what `/_ping` tells in `Api-Version`; without it (a proxy may take it away) the engine
 *   is left to speak its own.
 * @returns as it stands in paths, such as `v1.51`.
 * @throws Error when the engine is too old.
 */
export function negotiatedVersion(offered: string | undefined): string | undefined {
  const minor = minorOf(offered);
  if (minor === undefined) return undefined;
  if (minor < Number(minorOf(OLDEST))) {
    throw new Error(
      `it speaks version ${offered} of its API, and at least ${OLDEST} is needed: ` +
        'update it to Engine 20.10 or later',
    );
  }
  return `v1.${Math.min(minor, Number(minorOf(NEWEST)))}`;
}

function minorOf(version: string | undefined): number | undefined {
  const [, minor] = /^1\.(\d+)$/.exec(version ?? '') ?? [];
  return minor === undefined ? undefined : Number(minor);
}
