/** The world is a value: checkpoints, restores and slices leave no mark on the trace. */
import { fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { posted, sang, speech, upTo, words } from '../../support/puppet.ts';
import type { Part } from '../../support/puppet.ts';
import { fault, nodes, simulated, SimulatedRun } from '../../support/sim-world.ts';
import type { Setting } from '../../support/sim-world.ts';

const [a, b, c, lead] = ['puppet-00', 'puppet-01', 'puppet-02', 'lead-00'] as const;

const saves = upTo(5).map((index) => ({ type: 'save' as const, key: `key-${index}`, value: index, ticket: '' }));
const compute = (key: string) => ({ type: 'compute' as const, task: 'test/double', key, input: { work: 900_000, value: 21 } });

/** A node that talks, saves and computes all the time, in each of its lives. */
function busy(peer: string, other: string): Part {
  const life = (number: number) => [
    ...speech(peer, upTo(20), 40), { afterMs: 10, commands: [...saves, compute(`first-${number}`)] },
    ...speech(other, upTo(20), 40, sang), words(30, peer, upTo(10), posted),
    { afterMs: 300, commands: [compute(`second-${number}`), ...saves] },
    ...speech(peer, upTo(20).map((index) => index + 20), 40),
  ];
  return { lives: upTo(3).map(life) };
}

/** Everything that can be in force at once: a cut, a gate, stalls, pauses, drift, a slow node, deaths. */
const everything: Setting = {
  parts: {
    [a]: busy(b, c), [b]: busy(c, a), [c]: busy(a, b),
    [lead]: { lives: [[words(100, a, upTo(5)), { afterMs: 6_000, commands: [], finish: true }]] },
  },
  network: {
    loss: 0.05, duplicate: 0.05, reorder: 0.05, corrupt: 0.02, bandwidthBitsPerSecond: 2e6, keepAliveUs: 900_000,
    latency: { kind: 'exponential', meanUs: 25_000, minUs: 500 },
  },
  device: { serviceUs: 700, sigma: 0.4 }, disk: { saveUs: 30_000 }, clock: { skewMaxUs: 5_000, driftMaxPpm: 300 },
  startStaggerUs: 7_000,
  reseed: [{ atUs: 1_234_567, salt: 3 }],
  faults: [
    fault('cut', { kind: 'partition', sides: [nodes(a), nodes(b, c)], forUs: 1_400_000 }, 600_000),
    fault('gate', { kind: 'gate', from: nodes(b), to: nodes(c), forUs: 900_000 }, 500_000),
    fault('narrow', {
      kind: 'link', from: nodes(c), to: nodes(a), link: { bandwidthBitsPerSecond: 20_000, tamper: 0.1 }, forUs: 1_000_000,
    }, 300_000),
    fault('stall', { kind: 'disk', who: nodes(a, b), disk: { stall: true }, forUs: 700_000 }, 800_000),
    fault('lie', { kind: 'disk', who: nodes(c), disk: { lyingSync: true, tornWrites: true } }, 100_000),
    fault('nap', { kind: 'pause', who: nodes(b), forUs: 400_000 }, 900_000),
    fault('drift', { kind: 'clock', who: nodes(a), clock: { driftPpm: 200_000 }, forUs: 800_000 }, 700_000),
    fault('slow', { kind: 'slow', who: nodes(c), factor: 9, forUs: 900_000 }, 400_000),
    fault('kill', { kind: 'kill', who: nodes(c), restartAfterUs: 300_000 }, 1_800_000),
    fault('dark', { kind: 'powerOff', who: nodes(b), restartAfterUs: 500_000 }, 2_600_000),
  ],
};

function total(setting: Setting): { events: number; hashes: ReturnType<SimulatedRun['hashes']> } {
  const run = new SimulatedRun(setting);
  run.world.begin();
  let events = 0;
  while (run.world.advance(1).kind === 'budget') events += 1;
  return { events, hashes: run.hashes() };
}

const whole = total(everything);
const wholeInputs = simulated(everything).world.counters.inputs;

describe('a busy world', () => {
  test('meets all its faults', () => {
    const run = simulated(everything);
    for (const { id } of everything.faults!) expect([id, run.hits(id) > 0]).toEqual([id, true]);
    expect(run.hashes()).toEqual(whole.hashes);
    expect(whole.events).toBeGreaterThan(700);
  });

  test('restored at any moment ends the same', () => {
    const endsTheSame = fc.property(fc.integer({ min: 1, max: whole.events - 1 }), (cutAt) => {
      const first = new SimulatedRun(everything);
      first.world.begin();
      first.world.advance(cutAt);
      const second = new SimulatedRun(everything).resume(first.save());
      second.finish();
      expect(second.hashes()).toEqual(whole.hashes);
      expect(second.world.counters.inputs).toBe(wholeInputs);
      // Taking the checkpoint has not touched the world that it was taken of.
      first.finish();
      expect(first.hashes()).toEqual(whole.hashes);
    });
    fc.assert(endsTheSame, { numRuns: 40 });
  });

  test('restored over and over ends the same', () => {
    let run = new SimulatedRun(everything);
    run.world.begin();
    while (run.world.advance(97).kind === 'budget') run = new SimulatedRun(everything).resume(run.save());
    expect(run.hashes()).toEqual(whole.hashes);
  });

  test('gives the same checkpoint before and after a restore', () => {
    const run = new SimulatedRun(everything);
    run.world.begin();
    run.world.advance(900);
    const { world } = run.save();
    const again = new SimulatedRun(everything).resume(run.save()).save().world;
    expect(Buffer.from(again).equals(Buffer.from(world))).toBe(true);
  });

  test.each([1, 7, 1_000])('sliced into pieces of %i events ends the same', (slice) => {
    const run = new SimulatedRun(everything);
    run.world.begin();
    run.finish(slice);
    expect(run.hashes()).toEqual(whole.hashes);
  });

  test('with another seed is another run, with the same seed the same', () => {
    expect(simulated({ ...everything, seed: 2 }).hashes().trace).not.toBe(whole.hashes.trace);
    expect(simulated({ ...everything, seed: 2 }).hashes()).toEqual(simulated({ ...everything, seed: 2 }).hashes());
  });

  test('stepped twice each time gives the same', () => {
    expect(simulated({ ...everything, pure: true }).hashes()).toEqual(whole.hashes);
  });
});
