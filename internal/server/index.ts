export { withBackups } from './maintenance.ts';
export { type Role, Server } from './server.ts';
