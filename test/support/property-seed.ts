import { configureGlobal } from 'fast-check';

/**
 * Properties are tried on the same values each time: what a run finds on a commit, the next finds too.
 * `PROPERTY_SEED=random make unit` looks further; a failure names its seed, to be given here.
 */
const { PROPERTY_SEED = '1' } = process.env;
if (PROPERTY_SEED !== 'random') configureGlobal({ seed: Number(PROPERTY_SEED) });
