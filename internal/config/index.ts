export type { EngineTarget } from './engine-target.ts';
export { allSettings, SettingsError } from './errors.ts';
export { settingsHelp } from './help.ts';
export { loadSettings } from './load.ts';
export type { RedisTarget } from './redis-target.ts';
export type { Settings } from './settings.ts';
export { isPem } from './texts.ts';
