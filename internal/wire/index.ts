export { pageTasks } from './pages.ts';
export { renderBody } from './render.ts';
export { type LogState, type ResultBody, type TaskBody, taskBody } from './task-body.ts';
export { decodeOutput } from './text.ts';
