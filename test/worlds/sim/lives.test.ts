/** Lives of nodes: pauses, slow processors, mailboxes, deaths and restarts. */
import { describe, expect, test } from 'vitest';
import { limits } from '../../../src/kernel/limits.ts';
import { posted, said, speech, upTo, words } from '../../support/puppet.ts';
import { contentOf, fault, nodes, simulated } from '../../support/sim-world.ts';
import type { SimulatedRun } from '../../support/sim-world.ts';

const [first, second] = ['puppet-00', 'puppet-01'] as const;
const ticks = (run: SimulatedRun, node: string) =>
  run.inputsOf(node).filter(({ type }) => type.startsWith('xstate.after')).map(({ atUs }) => atUs);
const pause = (id: string, atUs: number, forUs: number) => fault(id, { kind: 'pause', who: nodes(second), forUs }, atUs);

describe('a paused node', () => {
  const parts = { [first]: { lives: [speech(second, upTo(30), 100)] }, [second]: { lives: [speech(first, upTo(3), 1_000)] } };

  test('handles nothing, and all of it afterwards, in order', () => {
    const run = simulated({ parts, faults: [pause('nap', 500_000, 1_700_000)] });
    expect(run.inputsOf(second).filter(({ atUs }) => atUs > 500_000 && atUs < 2_200_000)).toEqual([]);
    expect(run.numbersAt(second, 'Said')).toEqual(upTo(30));
    // The timer of 1 s fires when the pause is over; the next counts from there.
    expect(ticks(run, second)).toEqual([2_200_000, 3_200_000, 4_200_000]);
    expect(run.hits('nap')).toBe(1);
  });

  test('stays paused until the last of two pauses is over', () => {
    const run = simulated({ parts, faults: [pause('long', 500_000, 1_700_000), pause('short', 600_000, 300_000)] });
    expect(ticks(run, second)[0]).toBe(2_200_000);
  });

  test('that dies and comes back is awake, and the end of its old pause ends no new one', () => {
    const kill = fault('kill', { kind: 'kill', who: nodes(second), restartAfterUs: 100_000 }, 600_000);
    const part = { lives: [[], speech(first, upTo(3), 1_000)] };
    const faults = [pause('old', 500_000, 1_000_000), kill, pause('new', 1_200_000, 1_000_000)];
    const run = simulated({ parts: { [first]: {}, [second]: part }, faults });
    expect(run.timesAt(second, 'start')).toEqual([0, 700_000]);
    expect(ticks(run, second)[0]).toBe(2_200_000);
  });
});

describe('service time', () => {
  test('makes a queue: inputs are handled one after the other', () => {
    const lives = [[words(5, second, [0]), words(500, second, upTo(10))]];
    const run = simulated({ parts: { [first]: { lives }, [second]: {} }, device: { serviceUs: 5_000 } });
    const times = run.timesAt(second, 'Said').slice(1);
    expect(times.map((at, index) => at - times[0]! - index * 5_000).filter((late) => late !== 0)).toEqual([]);
  });

  test('of a slow processor is longer, and a task takes longer too', () => {
    const compute = { type: 'compute' as const, task: 'test/double', key: 'a', input: { work: 100_000, value: 1 } };
    const lives = [[words(5, second, [0]), words(500, second, upTo(10))]];
    const part = { lives: [[{ afterMs: 2_000, commands: [compute] }]] };
    const slow = fault('slow', { kind: 'slow', who: nodes(second), factor: 4 }, 100_000);
    const run = simulated({ parts: { [first]: { lives }, [second]: part }, device: { serviceUs: 5_000 }, faults: [slow] });
    const times = run.timesAt(second, 'Said').slice(1);
    expect(times[9]! - times[0]!).toBe(9 * 20_000);
    expect(run.timesAt(second, 'computed')[0]! - ticks(run, second)[0]!).toBe(400_000);
    expect(run.hits('slow')).toBe(1);
  });

  test('is slow from the first input of a node that starts into the fault, which counts as a hit', () => {
    const slow = fault('slow', { kind: 'slow', who: nodes(second), factor: 4 }, 0);
    const run = simulated({ parts: { [first]: {}, [second]: {} }, device: { serviceUs: 5_000 }, faults: [slow] });
    const [started, restored] = run.inputsOf(second);
    expect(restored!.atUs - started!.atUs).toBe(20_000);
    expect(run.hits('slow')).toBe(1);
  });

  test('returns to normal when the fault is over', () => {
    const lives = [[words(5, second, [0]), words(500, second, upTo(10))]];
    const slow = fault('slow', { kind: 'slow', who: nodes(second), factor: 4, forUs: 300_000 }, 100_000);
    const run = simulated({ parts: { [first]: { lives }, [second]: {} }, device: { serviceUs: 5_000 }, faults: [slow] });
    const times = run.timesAt(second, 'Said').slice(1);
    expect(times[9]! - times[0]!).toBe(9 * 5_000);
  });

  test('of start delays restored, and whatever start brought about comes after its step', () => {
    const run = simulated({ parts: { [first]: {} }, device: { serviceUs: 5_000 } });
    expect(run.inputsOf(first).map(({ type, atUs }) => [type, atUs])).toEqual([['start', 0], ['restored', 5_000]]);
  });
});

describe('a mailbox', () => {
  test('that is full rejects messages and counts them, but loses no timer and no answer', () => {
    const compute = { type: 'compute' as const, task: 'test/double', key: 'a', input: { work: 3_000_000, value: 1 } };
    const part = { lives: [[{ afterMs: 1, commands: [compute] }, { afterMs: 4_000, commands: [] }]] };
    const surplus = 25;
    const fifth = upTo((limits.mailboxInputsMax + surplus) / 5);
    const flood = upTo(5).map((turn) => words(10, second, fifth.map((number) => number + turn * fifth.length), posted));
    const run = simulated({
      parts: { [first]: { lives: [flood] }, [second]: part },
      faults: [pause('nap', 10_000, 8_000_000)],
    });
    expect(run.rejected('mailboxFull')).toBe(surplus);
    expect(run.fates('mailboxFull')).toHaveLength(surplus);
    expect(run.inputsOf(second, 'Posted')).toHaveLength(limits.mailboxInputsMax);
    expect(run.inputsOf(second, 'computed')).toHaveLength(1);
    expect(ticks(run, second)).toEqual([1_000, 8_010_000]);
  });
});

describe('death', () => {
  test('of many nodes at once, as of a zone, is one fault', () => {
    const zone = upTo(5).map((index) => `puppet-0${index}`);
    const parts = Object.fromEntries([...zone, 'puppet-05', 'puppet-06'].map((id) => [id, {}]));
    const run = simulated({ parts, faults: [fault('zone', { kind: 'powerOff', who: nodes(...zone) }, 1_000_000)] });
    expect(run.of('world-killed').map(({ node }) => node)).toEqual(zone);
    expect(run.hits('zone')).toBe(5);
  });

  test('comes once: a second kill of a dead node hits nothing and brings nobody back earlier', () => {
    const kill = (id: string, atUs: number, restartAfterUs: number) => fault(id, { kind: 'kill', who: nodes(first), restartAfterUs }, atUs);
    const run = simulated({ parts: { [first]: {} }, faults: [kill('one', 1_000_000, 2_000_000), kill('two', 1_500_000, 100_000)] });
    expect(run.timesAt(first, 'start')).toEqual([0, 3_000_000]);
    expect([run.hits('one'), run.hits('two')]).toEqual([1, 0]);
  });

  test('is undone by a restart, once, whatever else would have restarted the node later', () => {
    const kill = fault('kill', { kind: 'kill', who: nodes(first), restartAfterUs: 2_000_000 }, 1_000_000);
    const restart = fault('restart', { kind: 'restart', who: nodes(first) }, 1_200_000);
    const again = fault('again', { kind: 'kill', who: nodes(first), restartAfterUs: 5_000_000 }, 2_000_000);
    const run = simulated({ parts: { [first]: {} }, faults: [kill, restart, again] });
    // The start that the first kill had queued for 3 s belongs to a life that has begun already.
    expect(run.timesAt(first, 'start')).toEqual([0, 1_200_001, 7_000_000]);
    expect(run.hits('restart')).toBe(1);
  });

  test('in the middle of a long wait leaves no wake behind that would hold up the next life', () => {
    const lives = [[words(5, second, [0]), words(500, second, [1, 2, 3]), words(1_000, second, [4, 5])]];
    const slow = fault('slow', { kind: 'slow', who: nodes(second), factor: 1_000, forUs: 200_000 }, 400_000);
    const kill = fault('kill', { kind: 'kill', who: nodes(second), restartAfterUs: 1_000 }, 700_000);
    const run = simulated({
      parts: { [first]: { lives }, [second]: {} }, device: { serviceUs: 10_000 }, faults: [slow, kill],
    });
    const times = run.timesAt(second, 'Said');
    expect(run.numbersAt(second, 'Said').slice(-2)).toEqual([4, 5]);
    expect(times.at(-1)).toBeLessThan(1_700_000);
  });

  test('ends a run only when nobody is awaited: a restart of the last leader is awaited, one of a follower is not', () => {
    const lead = 'lead-00';
    const leave = (afterMs: number) => ({ afterMs, commands: [], finish: true });
    const lives = [[leave(6_000)], [leave(100)]];
    const killLead = fault('kill lead', { kind: 'kill', who: nodes(lead), restartAfterUs: 3_000_000 }, 2_000_000);
    const killOther = fault('kill other', { kind: 'kill', who: nodes(first), restartAfterUs: 50_000_000 }, 2_000_000);
    const run = simulated({ parts: { [lead]: { lives }, [first]: {} }, faults: [killLead, killOther] });
    expect(run.world.now).toBe(5_100_000);
    expect(run.world.unfinished()).toEqual([]);
  });

  test('by its own record lets nothing out that comes behind the record', () => {
    const commands = [
      { type: 'send' as const, to: second, message: said(1) }, { type: 'record' as const, kind: 'doomed', data: {} },
      { type: 'send' as const, to: second, message: said(2) }, { type: 'save' as const, key: 'a', value: 1, ticket: '' },
    ];
    const kill = fault('kill', { kind: 'kill', who: nodes(first) }, { kind: 'record', record: 'doomed', where: {}, offsetUs: 0 });
    const lives = [[words(5, second, [0]), { afterMs: 500, commands }]];
    const run = simulated({ parts: { [first]: { lives }, [second]: {} }, faults: [kill] });
    expect(run.numbersAt(second, 'Said')).not.toContain(2);
    expect(contentOf(run.inputsOf(second, 'linkDown')[0]!)['reason']).toBe('reset');
    expect(run.hits('kill')).toBe(1);
  });
});
