export { Images } from './images.ts';
export { checkLogin } from './login-check.ts';
export { credentialFileProblems, openImages, type RegistrySettings } from './open-images.ts';
