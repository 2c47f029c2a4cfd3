export { LiveFile } from './live-file.ts';
export { FileProblems, type ParseValue } from './read-value.ts';
