/** Loaded by dynamic import: a bundle gives the names of a CommonJS package only to a static one. */
export { parse, stringify } from 'yaml';
