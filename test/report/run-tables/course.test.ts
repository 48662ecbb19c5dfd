/** Lives, faults, rounds and the timeline, from what a run observed and recorded. */
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/host/faults.ts';
import type { Value, ValueMap } from '../../../src/kernel/codec.ts';
import { FaultTimes } from '../../../src/report/run-tables/fault-times.ts';
import { NodeLives, lifeRowsMax, shownNodes } from '../../../src/report/run-tables/node-lives.ts';
import type { LifeSpan } from '../../../src/report/run-tables/node-lives.ts';
import { Rounds } from '../../../src/report/run-tables/rounds.ts';
import type { StoredScenario } from '../../../src/report/run-tables/stored-scenario.ts';
import { timelineTable } from '../../../src/report/run-tables/timeline.ts';
import { recordsOf } from '../../../src/report/table.ts';

const endUs = 10_000_000;
const nodes = ['aggregator-00', 'aggregator-01', 'worker-00', 'worker-01', 'worker-02'];

const cut: Fault = {
  id: 'cut', drawn: false, trigger: { kind: 'time', atUs: 2_000_000 },
  effect: {
    kind: 'partition', forUs: 3_000_000,
    sides: [{ kind: 'state', role: 'aggregator', state: 'leader' }, { kind: 'nodes', nodes: ['worker-00', 'worker-01', 'worker-02'] }],
  },
};
const nap: Fault = {
  id: 'nap', drawn: false, trigger: { kind: 'record', record: 'round-opened', where: { round: 2 }, offsetUs: 200 },
  effect: { kind: 'pause', who: { kind: 'nodes', nodes: ['worker-02'] }, forUs: 1_000_000 },
};
const late: Fault = {
  id: 'late', drawn: false, trigger: { kind: 'time', atUs: endUs + 1 },
  effect: { kind: 'kill', who: { kind: 'nodes', nodes: ['worker-00'] } },
};
const scenario: StoredScenario = {
  name: 'small', about: '', nodes: { aggregator: [0, 1], worker: [0, 1, 2] }, sections: {}, faults: [late, nap, cut], expect: [],
  wrap: [{ id: 'wrap.worker', as: 'sign-flip', nodes: ['worker-01'] }],
};

/** Shows a small run to the readers of lives and faults. */
function courseOf() {
  const liars = new Set(['worker-01']);
  const lives = new NodeLives({ nodes, liars, endUs });
  const faults = new FaultTimes(scenario, endUs, liars);
  const observe = (at: number, node: string, kind: string, data: ValueMap = {}): void => {
    lives.observation({ at, node, kind, data });
    faults.observation({ at, node, kind, data });
  };
  let sequence = 0;
  const record = (kind: 'input' | 'faultHit', at: number, node: string, value: Value): void => {
    const entry = { kind, at, node, value, sequence, position: sequence };
    sequence += 1;
    lives.record(entry);
    faults.record(entry);
  };
  const start = (at: number, node: string, incarnation: number): void =>
    record('input', at, node, [at, 0, 0, { type: 'start', incarnation }]);
  observe(1_000_000, 'aggregator-00', 'leader-elected', { term: 1 });
  observe(2_500_000, 'worker-01', 'round-opened', { round: 2 });
  observe(3_000_000, 'aggregator-01', 'round-opened', { round: 2 });
  observe(6_000_000, 'aggregator-00', 'world-killed', { incarnation: 0 });
  observe(9_000_000, 'worker-00', 'world-left', { incarnation: 0 });
  for (const node of nodes) start(100, node, 0);
  record('faultHit', 2_000_100, 'worker-00', ['cut', 'cut']);
  record('faultHit', 3_000_200, 'worker-02', ['nap', 'pause']);
  start(7_000_000, 'aggregator-00', 1);
  const times = faults.inOrder();
  return { times, spans: lives.spans(times, faults.lastingHits), table: lives };
}

const spansOf = (spans: readonly LifeSpan[], node: string): unknown[] =>
  spans.filter((span) => span.node === node).map(({ state, beginUs, endUs: end }) => [state, beginUs, end]);

describe('faults', () => {
  it('begin with their triggers by honest nodes, last as long as they say, and count their hits', () => {
    const { times } = courseOf();
    expect(times.map(({ id, beginUs, endUs: end, hits, nodes: hit }) => [id, beginUs, end, hits, hit])).toEqual([
      ['wrap.worker', 0, 0, 0, ['worker-01']],
      ['cut', 2_000_000, 5_000_000, 1, ['worker-00']],
      ['nap', 3_000_200, 4_000_200, 1, ['worker-02']],
    ]);
  });
});

describe('lives', () => {
  const { spans } = courseOf();

  it('of a node that died and came back, and led before', () => {
    expect(spansOf(spans, 'aggregator-00')).toEqual([
      ['up', 100, 6_000_000], ['down', 6_000_000, 7_000_000], ['up', 7_000_000, endUs],
      ['leader', 1_000_000, 6_000_000],
      ['cut off', 2_000_000, 5_000_000],
    ]);
  });

  it('of nodes that left, lie, or were paused', () => {
    expect(spansOf(spans, 'worker-00')).toEqual([['up', 100, 9_000_000]]);
    expect(spansOf(spans, 'worker-01')).toEqual([['adversary', 100, endUs]]);
    expect(spansOf(spans, 'worker-02')).toEqual([['up', 100, endUs], ['paused', 3_000_200, 4_000_200]]);
  });

  it('show all nodes where they fit, and otherwise those to which something happened', () => {
    const many = Array.from({ length: lifeRowsMax + 1 }, (_, index) => `worker-${String(index).padStart(3, '0')}`);
    const lived = many.map((node): LifeSpan => ({ node, state: 'up', beginUs: 0, endUs, words: '' }));
    expect(shownNodes(many.slice(1), lived)).toEqual(many.slice(1));
    expect(shownNodes(many, [...lived, { ...lived[7]!, state: 'down' }])).toEqual(['worker-007']);
  });
});

describe('rounds', () => {
  const rounds = new Rounds();
  const observe = (at: number, kind: string, data: ValueMap): void => rounds.observation({ at, node: 'aggregator-00', kind, data });
  observe(1_000, 'round-opened', { round: 1 });
  observe(2_000, 'round-opened', { round: 1 });
  observe(5_000, 'update-counted', { round: 1, worker: 'worker-00' });
  observe(6_000, 'worker-suspected', { worker: 'worker-01' });
  observe(8_000, 'round-overdue', { round: 1, attendance: 1 });
  observe(9_500, 'round-closed', { round: 1, attendance: 1, admitted: 2 });
  observe(9_700, 'update-counted', { round: 1, worker: 'worker-01' });
  observe(9_900, 'round-closed', { round: 1, attendance: 1, admitted: 2 });
  observe(9_950, 'worker-returned', { worker: 'worker-01' });
  observe(10_000, 'round-opened', { round: 2 });

  it('have attendance when they were closed', () => {
    expect(rounds.attendance().rows).toEqual([[1, 0.0095, 'admitted', 2], [1, 0.0095, 'counted', 1], [1, 0.0095, 'suspected', 1]]);
  });

  it('have the delay from their last counted update to the first and the last member', () => {
    expect(rounds.commitDelays().rows).toEqual([[1, 0.005, 'the first member', 4.5], [1, 0.005, 'the last member', 4.9]]);
  });

  it('stand on the timeline from the first opening to the first closing, or to the end', () => {
    const table = recordsOf(timelineTable([], [], rounds.inOrder(), [], endUs));
    expect(table).toMatchObject([
      {
        lane: 'rounds', what: 'overdue round', begin_s: 0.001, end_s: 0.0095, label: '1',
        detail: 'round 1, 1 of 2 workers counted, overdue',
      },
      { lane: 'rounds', what: 'next round', begin_s: 0.01, end_s: 10, detail: 'round 2, never closed' },
    ]);
  });
});

describe('the timeline', () => {
  const { times, spans } = courseOf();
  const finding = { class: 'fail' as const, property: 'one model per round', at: 4_000_000, node: '', event: 7, message: 'two models' };

  it('has a lane for each fault, for leaders and for findings, in this order', () => {
    const table = recordsOf(timelineTable(times, spans, [], [finding, { ...finding, class: 'vacuous' }], endUs));
    expect(table.map(({ lane, what, begin_s: begin, end_s: end, moment_s: moment }) => [lane, what, begin, end, moment])).toEqual([
      ['wrap.worker', 'fault', null, null, 0],
      ['cut', 'fault', 2, 5, null],
      ['nap', 'fault', 3.0002, 4.0002, null],
      ['leader', 'leader', 1, 6, null],
      ['findings', 'finding', null, null, 4],
    ]);
  });

  it('puts many faults into one lane of others', () => {
    const [first] = times;
    const many = Array.from({ length: 25 }, (_, index) => ({ ...first!, id: `fault-${index}` }));
    const lanes = new Set(recordsOf(timelineTable(many, [], [], [], endUs)).map(({ lane }) => lane));
    expect(lanes.size).toBe(10);
    expect(lanes).toContain('16 other faults');
  });
});
