import { beforeEach, describe, expect, it } from 'vitest';
import type { Evidence } from '../apis/index.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import { FaultyNodes } from './faulty-nodes.ts';

const ALL = ['bad', 'n2', 'n3'];
const trace = (nodeId: string) => ({ trace: { swarmTaskId: 't', nodeId } });
const fault = (node = 'bad'): Evidence => ({
  kind: 'lost',
  reason: 'NodeFault',
  message: 'could not find bridge',
  ...trace(node),
});
const runs = (node: string): Evidence => ({ kind: 'running', ...trace(node) });

let clock: FakeClock;
let nodes: FaultyNodes;

beforeEach(() => {
  clock = new FakeClock();
  nodes = new FaultyNodes(clock);
});

/** Lets the node fail `times` tries in a row, each after its window; it is within its last window then. */
function fails(times: number, node = 'bad'): void {
  for (let i = 0; i < times; i++) {
    if (i > 0) clock.advance(10_000 * 2 ** (i - 1));
    nodes.observed(`fails ${node} ${i}`, fault(node));
  }
}

describe('a node that fails to start tasks', () => {
  it('gets none from the first fault on, of any job', () => {
    expect(nodes.some).toBe(false);
    expect(nodes.admit('a', ALL)).toEqual([]);
    expect(nodes.observed('a', fault())).toEqual({ node: 'bad', closedForMs: 10_000 });
    expect(nodes.some).toBe(true);
    expect(nodes.admit('b', ALL)).toEqual(['bad']);
    expect(nodes.closed(ALL)).toEqual(['bad']);
  });

  it('is not kept closed for longer by the others that were started with the first', () => {
    fails(1);
    clock.advance(9000);
    expect(nodes.observed('b', fault())).toBeUndefined();
    clock.advance(1000);
    expect(nodes.closed(ALL)).toEqual([]);
  });

  it('is tried by one attempt at a time after its window', () => {
    fails(1);
    clock.advance(10_000);
    expect(nodes.admit('a', ALL)).toEqual([]);
    expect(nodes.admit('b', ALL)).toEqual(['bad']);
    expect(nodes.closed(ALL)).toEqual(['bad']);
  });

  it('is closed for twice as long after each try that fails, up to five minutes', () => {
    const windows: unknown[] = [];
    for (let i = 0; i < 7; i++) {
      const change = nodes.observed(`a${i}`, fault());
      if (change === undefined || 'open' in change) throw new Error('the node was not closed');
      windows.push(change.closedForMs);
      clock.advance(change.closedForMs);
    }
    expect(windows).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });

  it('takes tasks again when a start succeeds there', () => {
    fails(1);
    clock.advance(10_000);
    nodes.admit('a', ALL);
    expect(nodes.observed('a', runs('bad'))).toEqual({ node: 'bad', open: true });
    expect(nodes.some).toBe(false);
    expect(nodes.admit('b', ALL)).toEqual([]);
  });

  it('takes none for what was started there before its fault and runs', () => {
    nodes.admit('early', ALL);
    fails(1);
    expect(nodes.observed('early', runs('bad'))).toBeUndefined();
    expect(nodes.admit('b', ALL)).toEqual(['bad']);
  });

  it('is remembered for a while after that: the next fault closes it for longer', () => {
    fails(2);
    clock.advance(20_000);
    nodes.admit('a', ALL);
    nodes.observed('a', runs('bad'));
    clock.advance(100_000);
    expect(nodes.observed('b', fault())).toEqual({ node: 'bad', closedForMs: 40_000 });
  });

  it('is forgotten in the end', () => {
    fails(2);
    clock.advance(20_000);
    nodes.admit('a', ALL);
    nodes.observed('a', runs('bad'));
    clock.advance(300_001);
    expect(nodes.observed('b', fault())).toEqual({ node: 'bad', closedForMs: 10_000 });
  });
});

describe('a try of a node', () => {
  beforeEach(() => {
    fails(1);
    clock.advance(10_000);
    expect(nodes.admit('try', ALL)).toEqual([]);
    expect(nodes.admit('other', ALL)).toEqual(['bad']);
  });

  it.each<[string, Evidence]>([
    ['runs elsewhere', runs('n2')],
    ['was rejected for what its job asks', { kind: 'rejected', message: 'x', ...trace('bad') }],
    ['finds no node', { kind: 'waiting', stuck: true, message: 'no suitable node' }],
  ])('leaves it to another when it %s', (_what, evidence) => {
    nodes.observed('try', evidence);
    expect(nodes.admit('next', ALL)).toEqual([]);
    expect(nodes.admit('after', ALL)).toEqual(['bad']);
  });

  it('leaves it to another when nothing is heard of it', () => {
    clock.advance(29_999);
    expect(nodes.admit('next', ALL)).toEqual(['bad']);
    clock.advance(1);
    expect(nodes.admit('next', ALL)).toEqual([]);
  });

  it('stays the one when its service is to be created once more', () => {
    expect(nodes.admit('try', ALL)).toEqual([]);
    expect(nodes.admit('other', ALL)).toEqual(['bad']);
  });
});

describe('where nodes that could take a task are left by none', () => {
  it('nothing is excluded on a swarm of one node', () => {
    fails(1);
    expect(nodes.admit('a', ['bad'])).toEqual([]);
    expect(nodes.closed(['bad'])).toEqual([]);
    expect(nodes.closed()).toEqual(['bad']);
  });

  it('nothing is excluded for a task that only a faulty node suits', () => {
    fails(1);
    expect(nodes.admit('a', ['bad'])).toEqual([]);
    expect(nodes.admit('b', ALL)).toEqual(['bad']);
  });

  it('a start that succeeds there tells all the same', () => {
    fails(1);
    nodes.admit('a', ['bad']);
    expect(nodes.observed('a', runs('bad'))).toEqual({ node: 'bad', open: true });
  });

  it('of several faulty ones those are excluded that are within their windows', () => {
    fails(1, 'n2');
    fails(1, 'n3');
    fails(3, 'bad');
    expect(nodes.admit('a', ALL).sort()).toEqual(['bad', 'n3']);
    expect(nodes.admit('b', ALL).sort()).toEqual(['bad', 'n2']);
    expect(nodes.admit('c', ALL)).toEqual(['bad']);
    expect(nodes.closed(ALL)).toEqual(['bad']);
  });

  it('nothing is excluded when all are', () => {
    fails(1, 'bad');
    fails(1, 'n2');
    fails(1, 'n3');
    expect(nodes.admit('a', ALL)).toEqual([]);
  });
});
