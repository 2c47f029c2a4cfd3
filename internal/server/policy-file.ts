import {
  checkManifest,
  collectFiles,
  type FileAccess,
  formatFault,
  ManifestFileError,
  readManifests,
} from '../manifest/index.ts';
import { Policy, parsePolicy } from '../policy/index.ts';

/** A policy file as it is now, or what is wrong with it, one line each. */
export type ReadPolicy =
  | { ok: true; policy: Policy; text: string }
  | { ok: false; faults: string[] };

/**
 * Reads a policy file. Never throws.
 * @param callbackAllow entries of SWARMER_CALLBACK_ALLOW.
 */
export async function readPolicy(
  path: string,
  callbackAllow: readonly string[],
  files: FileAccess,
): Promise<ReadPolicy> {
  try {
    const [file, ...others] = await collectFiles([path], { recursive: false }, files);
    if (file === undefined || others.length > 0) {
      return { ok: false, faults: [`${path}: is a directory: name the policy file in it`] };
    }
    return policyOf(await file.read(), path, callbackAllow);
  } catch (error) {
    if (!(error instanceof ManifestFileError)) throw error;
    return { ok: false, faults: [error.message] };
  }
}

function policyOf(text: string, path: string, callbackAllow: readonly string[]): ReadPolicy {
  const { documents, faults } = readManifests(text, path);
  const [document, second] = documents;
  if (faults.length > 0) return { ok: false, faults: faults.map(formatFault) };
  if (document === undefined) return { ok: false, faults: [`${path}: has no policy in it`] };
  if (second !== undefined) {
    const fault = second.fault({ path: 'body', message: 'a policy file holds one document' });
    return { ok: false, faults: [formatFault(fault)] };
  }
  const checked = checkManifest(document, parsePolicy);
  if (!checked.ok) return { ok: false, faults: checked.faults.map(formatFault) };
  return { ok: true, policy: new Policy(checked.value, callbackAllow), text };
}
