export { type Checked, checkManifest } from './check.ts';
export { ManifestDocument } from './document.ts';
export { type EnvFiles, readEnvFile, readEnvFiles, withEnvFiles } from './env-files.ts';
export { formatFault, type ManifestFault, type Position } from './fault.ts';
export { type FileAccess, type FileInfo, ManifestFileError } from './file-access.ts';
export { collectFiles, type ManifestFile } from './files.ts';
export { type ManifestKind, manifestKind } from './kind.ts';
export { nodeFiles } from './node-files.ts';
export { type ReadResult, readManifests } from './read.ts';
