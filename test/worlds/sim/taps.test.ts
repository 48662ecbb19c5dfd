/**
 * What taps hear: who, what, when, whatever becomes of the frame; and that nobody else notices.
 *
 * Puppets talk, and a liar among them only listens. Whole trainings with liars that read others, and
 * with twins, are cut in two at random moments and end as they would have.
 */
import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { OptionValues } from '../../../src/actors/adversaries/options.ts';
import type { Tap } from '../../../src/actors/adversaries/define.ts';
import type { InputEvent } from '../../../src/kernel/contract.ts';
import type { NodeId } from '../../../src/kernel/ids.ts';
import { planted, wrappingOf } from '../../support/planted-adversary.ts';
import { configOf, puppet, sang, speech, upTo, words } from '../../support/puppet.ts';
import type { Part } from '../../support/puppet.ts';
import { contentOf, fault, nodes, simulated, SimulatedRun } from '../../support/sim-world.ts';
import type { Setting } from '../../support/sim-world.ts';
import { simulate } from '../../support/simulate.ts';
import type { Simulation } from '../../support/simulate.ts';
import { wrapped } from '../../support/wrapped-nodes.ts';

const [a, b, c, liar, fellow] = ['puppet-00', 'puppet-01', 'puppet-02', 'puppet-03', 'puppet-04'] as const;
/** Says three things to another, one to itself, and sings to the other. */
const talk = (from: NodeId, to: NodeId): Part =>
  ({ lives: [[...speech(to, upTo(3), 50), words(5, from, [9]), words(5, to, [7], sang)]] });
const honest: Readonly<Record<NodeId, Part>> = { [a]: talk(a, b), [b]: talk(b, c), [c]: talk(c, a) };

/** A world of three that talk, and of two liars that listen by a tap; the fellow talks, too. */
function withTap(tap: Tap, more: Setting = {}, kinds = ['Said'], isFellowMute = false): Setting {
  const definition = planted({
    start: () => null, tap, overhears: tap === 'own' ? [] : kinds,
    notice: (_, event) => ({ say: [{ type: 'record', kind: 'noticed', data: event }] }),
  });
  const wrapping = wrappingOf(definition, { liars: [liar, fellow], honest: [a, b, c] });
  const parts: Readonly<Record<NodeId, Part>> = { [liar]: {}, [fellow]: isFellowMute ? {} : talk(fellow, a) };
  const others = Object.entries(parts).map(([id, part]) => ({ id, role: puppet, config: configOf(part), wrapping }));
  return { parts: honest, others, ...more };
}

const overheardBy = (run: SimulatedRun, node: NodeId) => run.inputsOf(node, 'overheard');
/** Sender, receiver, kind and number of the frames that a node overheard, with their moment. */
const heardBy = (run: SimulatedRun, node: NodeId): string[] => overheardBy(run, node).map((one) => {
  const { from, to, message } = contentOf(one) as unknown as { from: string; to: string; message: { kind: string; number: number } };
  return `${one.atUs} ${from}>${to} ${message.kind} ${message.number}`;
}).sort();
const sentBy = (run: SimulatedRun, who: readonly NodeId[], kinds = ['Said']): string[] => run.sends
  .filter(({ from, message }) => who.includes(from) && kinds.includes(message.kind))
  .map(({ atUs, from, to, message }) => `${atUs} ${from}>${to} ${message.kind} ${String(message['number'])}`).sort();

describe('a tap', () => {
  it.each<[Tap, readonly NodeId[], readonly NodeId[]]>([
    ['own', [], []],
    ['colluders', [fellow], []],
    ['allHonest', [a, b, c, fellow], [a, b, c]],
  ])('%s hears what it may, at the moment when it is sent', (tap, toLiar, toFellow) => {
    const run = simulated(withTap(tap));
    expect(heardBy(run, liar)).toEqual(sentBy(run, toLiar));
    expect(heardBy(run, fellow)).toEqual(sentBy(run, toFellow));
    expect(run.of('noticed').length).toBe(toLiar.length * 4 + toFellow.length * 4);
    for (const node of [a, b, c]) expect(overheardBy(run, node)).toEqual([]);
  });

  it('hears the kinds that its adversary names, and no others', () => {
    const run = simulated(withTap('allHonest', {}, ['Sang', 'Posted']));
    expect(heardBy(run, liar)).toEqual(sentBy(run, [a, b, c, fellow], ['Sang']));
  });

  const cut = fault('cut', { kind: 'partition', sides: [nodes(a), nodes(b, c, liar, fellow)], forUs: 3_000_000 }, 10_000);
  const lost = fault('dark', { kind: 'powerOff', who: nodes(b) }, 80_000);
  it.each([['a cut stalls', cut], ['that is lost', lost]])('hears a frame %s', (_, one) => {
    const run = simulated(withTap('allHonest', { faults: [one] }));
    expect(run.hits(one.id)).toBeGreaterThan(0);
    const toB = run.sends.filter(({ from, to, message }) => from === a && to === b && message.kind === 'Said');
    const arrivedInTime = run.inputsOf(b, 'Said').filter(({ atUs }) => atUs < 1_000_000);
    expect(arrivedInTime.length).toBeLessThan(toB.length);
    expect(heardBy(run, liar)).toEqual(sentBy(run, [a, b, c, fellow]));
  });

  it('hears nothing while its own node is down, and not in its next life what was said before', () => {
    const faults = [fault('blink', { kind: 'kill', who: nodes(liar), restartAfterUs: 60_000 }, 70_000)];
    const run = simulated(withTap('allHonest', { faults }));
    const isUp = (line: string): boolean => Number(line.split(' ')[0]) < 70_000 || Number(line.split(' ')[0]) > 130_000;
    const all = sentBy(run, [a, b, c, fellow]);
    expect(heardBy(run, liar)).toEqual(all.filter(isUp));
    expect(all.filter((line) => !isUp(line)).length).toBeGreaterThan(0);
  });
});

describe('an idle tap', () => {
  const weather: Setting = { network: { loss: 0.05, latency: { kind: 'exponential', meanUs: 20_000, minUs: 500 } } };
  const busy: Setting = { ...weather, device: { serviceUs: 300 } };
  const inputsOfHonest = (run: SimulatedRun) => run.given.filter(({ node }) => node !== liar && node !== fellow)
    .map(({ node, atUs, input }) => ({ node, atUs, input: input as { readonly event: InputEvent } }));

  // What is overheard takes its adversary's own time, so that one that listens and talks may talk later.
  it.each([['takes no time', weather, false], ['takes time, and liars say nothing', busy, true]])(
    'changes no input of anybody else, neither its moment nor its dice, where an input %s', (_, given, isFellowMute) => {
      for (const seed of [1, 2, 3, 4, 5]) {
        const [without, listening] = (['own', 'allHonest'] as const)
          .map((tap) => simulated(withTap(tap, { ...given, seed }, ['Said'], isFellowMute)));
        expect(inputsOfHonest(listening!)).toEqual(inputsOfHonest(without!));
        expect(overheardBy(listening!, liar).length).toBeGreaterThan(10);
      }
    },
  );

  it('leaves the trace the same when it is checkpointed while frames are being overheard', () => {
    const setting = withTap('allHonest', weather);
    const whole = simulated(setting).hashes();
    const endsTheSame = fc.property(fc.integer({ min: 1, max: 150 }), (cutAt) => {
      const first = new SimulatedRun(setting);
      first.world.begin();
      first.world.advance(cutAt);
      const second = new SimulatedRun(setting).resume(first.save());
      second.finish();
      expect(second.hashes()).toEqual(whole);
    });
    fc.assert(endsTheSame, { numRuns: 25 });
  });
});

describe('a training with adversaries', () => {
  const counts = { bootstrap: 2, aggregator: 3, worker: 8, client: 1 };
  const liars = ['worker-01', 'worker-06'];
  const sides = [['aggregator-00'], ['aggregator-01']];
  const story = (as: string, who: readonly NodeId[], options: OptionValues = {}): Simulation => ({
    counts, wrap: wrapped(as, who, counts, options), virtualTimeMaxUs: 6_000_000,
    sections: { training: { rounds: 3, aggregate: 'median', byzantine: 2 } },
  });
  const stories: readonly (readonly [string, Simulation])[] = [
    ['ipm', story('ipm', liars)], ['stale-replay', story('stale-replay', liars)],
    ['twins of a member', story('twins', ['aggregator-02'], { sides })], ['twins of workers', story('twins', liars)],
  ];

  it.each(stories)('%s: cut in two at any moment, it ends as it would have', (_, simulation) => {
    const whole = simulate(simulation);
    expect(Object.values(whole.faultHits)[0]).toBeGreaterThan(0);
    const endsTheSame = fc.property(fc.integer({ min: 1, max: whole.inputs - 1 }), (restoreAfter) => {
      const { trace, inputs } = simulate({ ...simulation, restoreAfter });
      expect({ trace, inputs }).toEqual({ trace: whole.trace, inputs: whole.inputs });
    });
    fc.assert(endsTheSame, { numRuns: 4 });
  });

  it.each([stories[0]!, stories[2]!])('%s: stepped twice each time, it gives the same', (_, simulation) => {
    const short = { ...simulation, virtualTimeMaxUs: 2_500_000 };
    expect(simulate({ ...short, pure: true }).trace).toBe(simulate(short).trace);
  });
});
