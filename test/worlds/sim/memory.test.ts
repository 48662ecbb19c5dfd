/**
 * Names do not pile up: what is derived for a name is forgotten with the life, or was never kept.
 *
 * The heap is measured after collections, over so many names that keeping them would show tenfold.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { Destinations } from '../../../src/host/destinations.ts';
import { FrameKeys } from '../../../src/host/frames.ts';
import { seedKey } from '../../../src/kernel/draws.ts';
import { Chance } from '../../../src/worlds/sim/chance.ts';
import { speech, upTo } from '../../support/puppet.ts';
import { fault, nodes, simulated } from '../../support/sim-world.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

const names = 100_000;
/** A kept name would take more than 100 bytes: its text, its key, its entry in a map. */
const bytesMax = names * 10;

/** Growth of the heap while `use` is called with many numbers; whatever it closes over stays alive. */
function growth(use: (number: number) => void): number {
  use(0);
  const before = heapBytes();
  for (let number = 1; number <= names; number += 1) use(number);
  const after = heapBytes();
  use(0);
  return after - before;
}

describe('many names leave nothing on the heap', () => {
  const root = seedKey(1, 0);
  const chance = new Chance(1, 0);
  const keys = new FrameKeys(root);
  const destinations = new Destinations('worker-00', root);
  const kept = new Map<string, object>();

  test.each<[string, (number: number) => void]>([
    ['of frames', (number) => keys.keyOf(`worker-00#${number}>worker-01 Hello`, 'round=1', 0)],
    ['of a node that starts again and again', (number) => {
      destinations.begin(number);
      destinations.use('worker-01', 'Hello', 'round=1');
    }],
    ['of declared keys', (number) => void destinations.use('worker-01', 'Hello', `round=${number}`)],
    ['of what stands', (number) => chance.standing(`worker-${number} device`)],
    ['of saves, tasks and links', (number) => chance.ofNode('worker-00', number, `save model-${number}`, 0)],
  ])('%s', (_, use) => {
    expect(growth(use)).toBeLessThan(bytesMax);
  });

  test('and this measure sees those that are kept', () => {
    expect(growth((number) => void kept.set(`worker-${number} device`, { number }))).toBeGreaterThan(bytesMax);
  });
});

test('a node that was started many times is no larger than one that was started a few', () => {
  const sizeAfter = (lives: number): number => {
    const kills = upTo(lives).map((index) => {
      const kill = { kind: 'kill', who: nodes('puppet-01'), restartAfterUs: 10_000 } as const;
      return fault(`kill-${String(index).padStart(3, '0')}`, kill, 100_000 + index * 100_000);
    });
    const parts = { 'puppet-00': {}, 'puppet-01': { lives: upTo(101).map(() => speech('puppet-00', [1, 2], 20)) } };
    const run = simulated({ parts, faults: kills });
    expect(run.inputsOf('puppet-01', 'start')).toHaveLength(lives + 1);
    return run.world.checkpoint().length;
  };
  const [few, many] = [sizeAfter(5), sizeAfter(100)];
  // What grows is the table of faults that have begun and that of their hits: 33 bytes a kill, with its id twice.
  expect(many - few, `${few} bytes after 5 restarts, ${many} after 100`).toBeLessThan(95 * 33);
});
