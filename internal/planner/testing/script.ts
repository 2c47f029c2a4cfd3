import {
  beginLook,
  collectOrphans,
  crash,
  crashWithinStep,
  doStep,
  publishLook,
  reconcile,
  repeatLastSteps,
  takeLook,
} from './controller-model.ts';
import {
  addTask,
  type Happening,
  happenAt,
  letOthersTake,
  passTime,
  postReport,
  stopContainer,
  toggleRefusal,
} from './environment.ts';
import { endFairly, type Fate, type Watch } from './fair-end.ts';
import { makeWorld, type Setup, type Told, type World } from './world.ts';

/** One move of the controller or of what surrounds it. */
export type Move =
  | { move: keyof typeof plainMoves }
  | { move: 'step' | 'crash within step' | 'container stops'; at: number }
  | { move: 'happen'; at: number; happening: Happening }
  | { move: 'report'; at: number; told: Told }
  | { move: 'time' | 'wall jump'; ms: number }
  | { move: 'others'; wanted: number };

/** A world, what happens in it, and how it ends. */
export interface Script {
  setup: Setup;
  moves: Move[];
  fates: Fate[];
}

export function makeMove(world: World, move: Move): void {
  switch (move.move) {
    case 'step':
      doStep(world, move.at);
      break;
    case 'crash within step':
      crashWithinStep(world, move.at);
      break;
    case 'container stops':
      if (!world.stuck) stopContainer(world, move.at);
      break;
    case 'happen':
      happenAt(world, move.at, move.happening);
      break;
    case 'report':
      postReport(world, move.at, move.told);
      break;
    case 'time':
      passTime(world, move.ms);
      break;
    case 'wall jump':
      world.wall += move.ms;
      break;
    case 'others':
      letOthersTake(world, move.wanted);
      break;
    default:
      plainMoves[move.move](world);
  }
}

/** The moves that need no more said. */
const plainMoves = {
  plan: reconcile,
  look: takeLook,
  'begin look': beginLook,
  'publish look': publishLook,
  crash,
  repeat: repeatLastSteps,
  sweep: collectOrphans,
  'add task': addTask,
  'toggle refusal': toggleRefusal,
} satisfies Record<string, (world: World) => void>;

/** Plays a script to its fair end. `watch` is called after every move and every step. */
export function play(script: Script, watch: Watch): World {
  const world = playMoves(script, watch);
  endFairly(world, script.fates, watch);
  watch(world);
  return world;
}

/** Plays a script's moves and stops in the middle of everything. */
export function playMoves({ setup, moves }: Script, watch: Watch): World {
  const world = makeWorld(setup);
  for (const move of moves) {
    makeMove(world, move);
    watch(world);
  }
  return world;
}
