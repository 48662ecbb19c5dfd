import { describe, expect, it } from 'vitest';
import { baseText, problemsOf, withFault } from './reading.ts';

/** The base text with one passage replaced. */
const changed = (from: string, to: string): string => {
  expect(baseText).toContain(from);
  return baseText.replace(from, to);
};

describe('bad input is named with file, line, key and the nearest right word', () => {
  it('the base itself is right', () => {
    expect(problemsOf(baseText)).toEqual([]);
  });

  it.each([
    ['an unknown key', 'loss: 0.5%', 'los: 0.5%', 'base.yaml:5:26: network.los: unknown key "los"; did you mean "loss"?'],
    [
      'an unknown key of a section',
      'rounds: 20',
      'ronds: 20',
      'base.yaml:4:13: training.ronds: unknown key "ronds"; did you mean "rounds"?',
    ],
    [
      'an unknown role',
      'worker: 40',
      'wroker: 40',
      'base.yaml:3:39: nodes.wroker: unknown role "wroker"; did you mean "worker"?',
    ],
    [
      'a region where there is none',
      'kill: { worker: 5 }',
      'kill: { region: eu }',
      'selects by region, and the network has none: network.latency.regions names them',
    ],
    ['a key of a later version', 'faults:', 'chaos: {}\nfaults:', 'base.yaml:6:1: chaos: unknown key "chaos"'],
    ['a number without unit', '4s', '4', 'base.yaml:4:38: training.roundTimeout: 4 has no unit: expected a duration'],
    ['a chance without unit', '0.5%', '0.005', 'base.yaml:5:26: network.loss: 0.005 has no unit: expected a percentage'],
    ['a wrong unit', '0.5%', '0.5%, bandwidth: 10 Mbits/s', 'did you mean "10 Mbit/s"?'],
    [
      'a wrong word',
      'profile: wan',
      'profile: wam',
      'network.profile: unknown word "wam": expected wan, lan; did you mean "wan"?',
    ],
    [
      'more kills than nodes',
      'worker: 5',
      'worker: 41',
      'kill.worker: asks for 41 nodes of role worker, and there are only 40',
    ],
    ['a range that matches nothing', 'worker: 5', 'worker: 50..60', 'matches nothing: no worker has an index in 50..60'],
    [
      'a role without nodes',
      '{ worker: 5 }',
      '{ gossiper: 1 }',
      'matches nothing: this scenario has no node of role gossiper',
    ],
    ['an unknown state', '{ worker: 5 }', '{ aggregator: leadr }', 'did you mean "leader"?'],
    ['an unknown id', '{ worker: 5 }', '{ id: worker-3 }', 'massacre.kill.id: unknown node "worker-3" in this scenario'],
    [
      'a round beyond the last',
      'round 5',
      'round 21',
      'base.yaml:7:21: faults.massacre.at: cannot fire: round 21 lies outside 1 to 20',
    ],
    ['a time beyond the end', 'round 5', '2h', 'lies after the end of the run: limits.virtualTime is 1h'],
    [
      'an unknown observation',
      'round 5',
      '{ record: round-opend }',
      'unknown observation "round-opend" in this scenario; did you mean "round-opened"?',
    ],
    [
      'an unreadable moment',
      'round 5',
      'around 5',
      'expected a moment such as 12s, round 5 or round 5 + 200ms, got "around 5"',
    ],
    ['an unknown phrase', 'one model per round', 'one model a round', 'base.yaml:9:5: expect.0.always: unknown phrase'],
    [
      'a phrase of a role that is not there',
      'one model per round',
      'everybody heard',
      'unknown phrase "everybody heard" in this scenario',
    ],
    [
      'a phrase of another kind',
      'sometimes: a round closed',
      'always: a round closed',
      'is promised sometimes: write "sometimes: a round',
    ],
    ['an unknown measure', 'accuracy:', 'acuracy:', 'unknown measure "acuracy"; did you mean "accuracy"?'],
    ['an unreadable bound', '>= 0.90', 'about 0.9', 'expected a comparison such as ">= 0.90" or "< 5%"'],
    ['no sometimes', '  - sometimes: a round closed without full attendance\n', '', 'states no "sometimes"'],
    ['a missing name', 'name: base\n', '', 'base.yaml:1:1: name: is missing'],
    ['duplication on streams', 'loss: 0.5%', 'duplicate: 1%', 'network.duplicate: cannot happen on a stream'],
    ['no nodes at all', '{ bootstrap: 3, aggregator: 1, worker: 40, client: 2 }', '{ worker: 0 }', 'nodes: has no nodes'],
    ['a run without end', 'faults:', 'limits: { virtualTime: 9999h }\nfaults:', 'limits.virtualTime: a run lasts at most '],
    [
      'a section for nobody',
      'bootstrap: 3, aggregator: 1, worker: 40, client: 2',
      'gossiper: 3',
      'training: configures nobody',
    ],
    [
      'a latency of two kinds',
      'loss: 0.5%',
      'latency: { constant: 1ms, uniform: { min: 1ms, max: 2ms } }',
      'expected exactly one of constant',
    ],
    ['a list instead of keys', 'network: { profile: wan, loss: 0.5% }', 'network: [1]', 'network: expected { profile, latency, loss'],
    ['text instead of a list', 'rounds: 20', 'rounds: many', 'training.rounds: expected a number, got "many"'],
    ['a number that is not whole', 'rounds: 20', 'rounds: 2.5', 'training.rounds: expected an integer, got 2.5'],
    ['nothing instead of a value', 'rounds: 20', 'rounds: ', 'training.rounds: expected a number, got nothing'],
    ['a number out of range', 'rounds: 20', 'rounds: 2000', 'training.rounds: expected a value between 1 and 1000, got 2000'],
    ['a seed that is too large', 'name: base', 'name: base\nseed: 9007199254740993', 'seed: expected an integer'],
    ['digits beyond the microsecond', '4s', '0.5us', 'training.roundTimeout: "0.5us" has more digits'],
    [
      'two promises in a line',
      'always: one model per round',
      '{ always: one model per round, breaks: one model per round }',
      'expect.0: expected exactly one of',
    ],
    ['a measure without a name', 'accuracy: ">= 0.90", ', '', 'expect.2.eventually: expected exactly one measure: accuracy'],
    ['a time bound elsewhere', 'eventually:', 'always:', 'expect.2.always.within: means nothing under always'],
    ['an index twice', 'worker: 40', 'worker: [1, 1, 2, 3, 4, 5]', 'nodes.worker: names an index twice'],
    ['a bandwidth of nothing', 'loss: 0.5%', 'bandwidth: 0 bit/s', 'network.bandwidth: a bandwidth is more than 0'],
    ['an upside-down range', 'loss: 0.5%', 'latency: { uniform: { min: 3ms, max: 2ms } }', 'min is larger than max'],
  ])('%s', (_what, from, to, message) => {
    expect(problemsOf(changed(from, to)).join('\n')).toContain(message);
  });

  it.each([
    ['{ id: a, at: 1s }', 'expected exactly one of kill, powerOff'],
    ['{ id: a, at: 1s, kill: all, pause: all }', 'found kill and pause'],
    ['{ id: a, kill: { worker: 1 } }', 'has no "at"'],
    ['{ id: a, at: 1s, kill: { worker: 1 }, for: 3s }', '"restart: 2s" says when the nodes come back'],
    ['{ id: a, at: 1s, pause: { worker: 1 } }', 'a pause needs "for"'],
    ['{ id: a, at: 1s, restart: 2s }', 'alone, restart names the nodes'],
    ['{ id: a, at: 1s, kill: { worker: 1 }, restart: { worker: 1 } }', 'beside kill, restart is a duration'],
    ['{ id: a, at: 1s, kill: {} }', 'selects nobody'],
    ['{ id: a, at: 1s, kill: { aggregator: leader, worker: 1 } }', 'a selection by state ("leader") stands alone'],
    ['{ id: a, at: 1s, partition: [{ worker: 0..9 }] }', 'expected at least two sides'],
    ['{ id: a, at: 1s, partition: [{ worker: 0..9 }, { worker: 9..12 }] }', 'worker-09 stands on two sides'],
    ['{ id: a, at: 1s, partition: [all, rest] }', 'the other sides hold every node'],
    ['{ id: a, at: 1s, link: { from: all, to: all } }', 'does nothing: expected loss'],
    ['{ id: a, at: 1s, link: { from: all, to: all, reorder: 1% } }', 'link.reorder: cannot happen on a stream'],
    ['{ id: a, at: 1s, link: { from: all, to: all, loss: 1%, messages: [Sumbit] } }', 'did you mean "Submit"?'],
    ['{ id: a, at: 1s, disk: { nodes: all } }', 'does nothing: expected tornWrites'],
    ['{ id: a, at: 1s, clock: { nodes: all } }', 'expected jump or drift'],
    ['{ id: a, frame: { identity: x, verdict: drop, delay: 1s } }', 'goes with verdict: delay'],
    ['{ id: a.b, at: 1s, kill: all }', 'expected an id of letters, digits, - and _'],
    [
      '{ id: a, at: 1s, kill: { worker: 1 } }\n  - { id: a, at: 2s, kill: { worker: 1 } }',
      'base.yaml:8:7: faults.a.id: the id "a" is used twice',
    ],
  ])('the fault %s', (fault, message) => {
    expect(problemsOf(withFault(fault)).join('\n')).toContain(message);
  });

  it.each([
    ['a: [1, 2\nb: 3', /^base\.yaml:2:1: this is no valid YAML: /u],
    ['a: 1\na: 2', /^base\.yaml:2:1: this is no valid YAML: the key "a" stands here twice$/u],
    ['a: &x 1\nb: *x', /^base\.yaml:1:\d+: anchors/u],
    ['a: !secret 1', /tag/iu],
    ['- 1', /^base\.yaml:1:1: expected keys and values/u],
    ['', /is empty$/u],
    ['a: 1\n---\nb: 2', /no valid YAML/u],
    ['['.repeat(100_000), /^base\.yaml:1:1: nests deeper than 32 levels$/u],
    ['- '.repeat(100_000), /nests deeper than 32 levels$/u],
    [`a: ${'x'.repeat(1_100_000)}`, /is larger than 1048576 bytes$/u],
  ])('broken YAML gives one message: %#', (text, pattern) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(pattern);
  });

  it('counts rounds only where a measure does', () => {
    const text = changed('client: 2', 'client: 2, gossiper: 2').replace('accuracy: ">= 0.90"', 'reach: ">= 90%"');
    expect(problemsOf(text)).toHaveLength(1);
    expect(problemsOf(text)[0]).toContain('expect.2.eventually.within: this measure counts no rounds: expected a duration');
  });

  it('names all that is wrong, in the order of the file', () => {
    const text = changed('4s', '4').replace('loss:', 'los:').replace('kill:', 'kil:');
    expect(problemsOf(text).map((line) => line.split(':')[1])).toEqual(['4', '5', '7']);
  });
});
