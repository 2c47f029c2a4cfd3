export { directoryProblem } from './check-directory.ts';
export { DirectoryApplier } from './directory-applier.ts';
export { watchDirectory } from './watch.ts';
