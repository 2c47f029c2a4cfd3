export { endedTask } from './ended-task.ts';
export { pageTasks } from './pages.ts';
export { renderBody } from './render.ts';
export {
  attemptsOf,
  type LogState,
  newestAttempt,
  type ResultBody,
  type TaskBody,
  taskBody,
} from './task-body.ts';
export { decodeOutput } from './text.ts';
