import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/kernel/codec.ts';
import type { Observation, Property } from '../../src/kernel/properties.ts';
import { factOf, irrelevant, satisfied, unmet, violated } from '../../src/kernel/properties.ts';
import { Evaluation } from '../../src/judge/evaluate.ts';
import type { EvaluationOptions } from '../../src/judge/evaluate.ts';
import type { RunEnd } from '../../src/judge/tally.ts';
import { observed } from '../support/observations.ts';

type Models = { models: { [round: string]: { model: string; node: string; sequence: number; at: number } } };

/** One model a round: the shape of a real invariant, with facts of both sides. */
const oneModel: Property<Models> = {
  name: 'one model per round',
  kind: 'always',
  watches: ['committed'],
  start: () => ({ models: {} }),
  observe(state, observation) {
    const { round, model } = observation.data as { round: number; model: string };
    const { node, sequence, at } = observation;
    const earlier = state.models[`round ${round}`];
    if (earlier === undefined) {
      state.models[`round ${round}`] = { model, node, sequence, at };
      return irrelevant;
    }
    if (earlier.model === model) return satisfied;
    const before = { sequence: earlier.sequence, at: earlier.at, node: earlier.node, words: `committed ${earlier.model}` };
    return violated(`round ${round} has two models`, before, factOf(observation, `committed ${model}`));
  },
};

const partial: Property = {
  name: 'a round closed without full attendance',
  kind: 'sometimes',
  watches: ['closed'],
  start: () => null,
  observe: (_, { data }) => (data['full'] === true ? unmet : satisfied),
};

const finishes: Property<{ seen: number }> = {
  name: 'three rounds close',
  kind: 'eventually',
  watches: ['closed', 'closed'],
  start: () => ({ seen: 0 }),
  observe(state) {
    state.seen += 1;
    return state.seen >= 3 ? satisfied : unmet;
  },
};

const end: RunEnd = { sequence: 100, at: 100_000, complete: true, because: 'every node had finished' };
const stated = (...properties: Property[]) => properties.map((property) => ({ property, breaks: false }));

function evaluationOf(options: Partial<EvaluationOptions>, observations: readonly Observation[] = []): Evaluation {
  const evaluation = new Evaluation({ invariants: [], expectations: [], faults: [], ...options });
  for (const observation of observations) evaluation.observe(observation);
  return evaluation;
}

const commit = (sequence: number, node: string, model: string, honest = true) =>
  observed(sequence, node, 'committed', { round: 1, model }, honest);
const closed = (sequence: number, full: boolean) => observed(sequence, 'aggregator-00', 'closed', { full });

describe('a planted violation', () => {
  const evaluation = evaluationOf({ invariants: [oneModel] }, [
    commit(1, 'aggregator-00', 'aa'),
    commit(2, 'aggregator-01', 'aa'),
    commit(3, 'aggregator-02', 'bb'),
    commit(4, 'aggregator-03', 'cc'),
  ]);

  it('is named at once, with the facts that conflict', () => {
    expect(evaluation.finish(end).findings).toEqual([
      {
        class: 'fail',
        property: 'one model per round',
        at: 3_000,
        node: 'aggregator-02',
        event: 3,
        message: 'round 1 has two models',
        facts: [
          { sequence: 1, at: 1_000, node: 'aggregator-00', words: 'committed aa' },
          { sequence: 3, at: 3_000, node: 'aggregator-02', words: 'committed bb' },
        ],
      },
    ]);
  });

  it('is explained once, however often it shows', () => {
    const commits = ['aa', 'bb', 'cc', 'dd'].map((model, index) => commit(index + 1, 'aggregator-00', model));
    const more = evaluationOf({ invariants: [oneModel] }, commits);
    expect(more.finish(end).findings).toMatchObject([{ property: 'one model per round', event: 2 }]);
  });

  it('is nobody’s when only an adversary says it', () => {
    const observations = [commit(1, 'aggregator-00', 'aa'), commit(2, 'aggregator-01', 'bb', false)];
    expect(evaluationOf({ invariants: [oneModel] }, observations).finish(end).findings).toEqual([]);
  });

  it('is found for every place of the wrong model, and never without one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.option(fc.nat()), (nodes, culprit) => {
        const wrong = culprit === null ? -1 : 1 + (culprit % (nodes - 1));
        const commits = Array.from({ length: nodes }, (_, index) =>
          commit(index, `aggregator-${10 + index}`, index === wrong ? 'bb' : 'aa'),
        );
        const { findings } = evaluationOf({ invariants: [oneModel] }, commits).finish(end);
        expect(findings.map(({ event }) => event)).toEqual(culprit === null ? [] : [wrong]);
      }),
    );
  });
});

describe('a violation without words', () => {
  const never: Property = { name: 'never', kind: 'always', watches: ['world-x', 'x'], start: () => null, observe: () => unmet };

  it('still says who said what', () => {
    const [finding] = evaluationOf({ invariants: [never] }, [observed(5, 'worker-00', 'x')]).finish(end).findings;
    expect(finding).toMatchObject({ message: 'never does not hold', facts: [{ words: 'worker-00 said x' }] });
  });

  it('is heard from the world, whoever it is about', () => {
    const [finding] = evaluationOf({ invariants: [never] }, [observed(5, '', 'world-x', {}, false)]).finish(end).findings;
    expect(finding).toMatchObject({ facts: [{ words: 'the world said world-x' }] });
  });
});

describe('the end of a run', () => {
  it('passes when everything stated happened', () => {
    const expectations = stated(oneModel, partial, finishes);
    const run = [commit(1, 'aggregator-00', 'aa'), commit(2, 'aggregator-01', 'aa'), closed(3, true), closed(4, false), closed(5, false)];
    const summary = evaluationOf({ expectations, faults: [{ id: 'massacre', drawn: false }] }, [
      ...run,
      observed(6, 'worker-03', 'world-fault-hit', { fault: 'massacre', what: 'kill' }),
    ]).finish(end);
    expect(summary).toEqual({
      findings: [],
      sometimes: { [partial.name]: 2 },
      faultHits: { massacre: 1 },
      unexercised: [],
    });
  });

  it('is vacuous for a sometimes that never held, a stated always that never applied, a fault that never hit', () => {
    const faults = [
      { id: 'massacre', drawn: false },
      { id: 'chaos-7', drawn: true },
    ];
    const { findings, faultHits } = evaluationOf({ expectations: stated(oneModel, partial), faults }, [closed(1, true)]).finish(end);
    expect(findings.map((finding) => [finding.class, finding.property])).toEqual([
      ['vacuous', 'one model per round'],
      ['vacuous', 'a round closed without full attendance'],
      ['vacuous', 'fault massacre hits something'],
    ]);
    expect(findings[2]).toMatchObject({ at: 100_000, event: 100, node: '', message: 'the fault "massacre" hit nothing' });
    expect(faultHits).toEqual({ massacre: 0, 'chaos-7': 0 });
  });

  it('tells an invariant that never applied without blaming the scenario', () => {
    expect(evaluationOf({ invariants: [oneModel] }).finish(end)).toMatchObject({ findings: [], unexercised: ['one model per round'] });
  });

  it('is stalled when something eventual did not come about', () => {
    const { findings } = evaluationOf({ expectations: stated(finishes) }, [closed(1, true), closed(2, true)]).finish(end);
    expect(findings).toMatchObject([{ class: 'stalled', message: 'still not so when the run ended because every node had finished' }]);
  });

  it('blames nobody for what a run that was cut short had no time for', () => {
    const expectations = [...stated(oneModel, partial), { property: finishes, breaks: true }];
    const { findings } = evaluationOf({ expectations, faults: [{ id: 'f', drawn: false }] }).finish({ ...end, complete: false });
    expect(findings).toEqual([]);
  });
});

describe('expect: breaks', () => {
  const conflict = [commit(1, 'aggregator-00', 'aa'), commit(2, 'aggregator-01', 'bb')];

  it('passes when the invariant of that name is violated, and does not count as failure', () => {
    const evaluation = evaluationOf({ invariants: [oneModel], expectations: [{ property: oneModel, breaks: true }] }, conflict);
    expect(evaluation.finish(end).findings).toEqual([]);
  });

  it('fails when it held or never applied', () => {
    const expectations = [{ property: oneModel, breaks: true }];
    const unbroken = (observations: readonly Observation[]) => evaluationOf({ expectations }, observations).finish(end).findings;
    expect(unbroken([conflict[0]!, commit(3, 'aggregator-02', 'aa')])).toMatchObject([
      { class: 'fail', message: 'this run had to break it, and did not: it held 1 times' },
    ]);
    expect(unbroken([])).toMatchObject([{ class: 'fail', message: expect.stringContaining('its antecedent never fired') }]);
  });

  it('takes an unfulfilled eventually or sometimes for broken', () => {
    const expectations = [finishes, partial].map((property) => ({ property, breaks: true }));
    expect(evaluationOf({ expectations }, [closed(1, true)]).finish(end).findings).toEqual([]);
    const fulfilled = [closed(1, false), closed(2, false), closed(3, false)];
    expect(evaluationOf({ expectations }, fulfilled).finish(end).findings).toHaveLength(2);
  });
});

describe('what an observation costs', () => {
  it('is asked only of properties that watch its kind, once each', () => {
    const calls: string[] = [];
    const watching = (name: string, ...watches: string[]): Property => ({
      name,
      kind: 'always',
      watches,
      start: () => null,
      observe: (_, { kind }) => {
        calls.push(`${name}:${kind}`);
        return satisfied;
      },
    });
    const evaluation = evaluationOf({ invariants: [watching('a', 'x', 'x'), watching('b', 'y')] }, [
      observed(1, 'worker-00', 'x'),
      observed(2, 'worker-00', 'z'),
    ]);
    expect(calls).toEqual(['a:x']);
    expect(['x', 'y', 'z', 'world-fault-hit'].map((kind) => evaluation.watches(kind))).toEqual([true, true, false, true]);
  });

  it('ends once an eventually is decided', () => {
    const evaluation = evaluationOf({ expectations: stated(finishes) }, [1, 2, 3, 4, 5].map((sequence) => closed(sequence, true)));
    expect(evaluation.save()).toMatchObject({ properties: [{ applied: 3, held: 1 }] });
  });
});

describe('a checkpoint of the evaluation', () => {
  const options: EvaluationOptions = {
    invariants: [oneModel],
    expectations: stated(partial, finishes),
    faults: [{ id: 'f', drawn: false }],
  };
  const observation = fc.oneof(
    fc
      .record({ node: fc.nat({ max: 3 }), model: fc.constantFrom('aa', 'bb') })
      .map(({ node, model }) => commit(1, `aggregator-0${node}`, model)),
    fc.boolean().map((full) => closed(1, full)),
    fc.constantFrom('f', 'g').map((fault) => observed(1, '', 'world-fault-hit', { fault })),
  );

  it('continues to the same findings from any moment, through bytes', () => {
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 30 }), fc.nat({ max: 30 }), (run, moment) => {
        const whole = evaluationOf(options, run);
        const first = evaluationOf(options, run.slice(0, moment));
        const saved = first.save();
        for (const later of run.slice(moment)) first.observe(later);
        const second = evaluationOf(options, [closed(1, false)]);
        second.load(decode(encode(saved))!);
        for (const later of run.slice(moment)) second.observe(later);
        expect(second.finish(end)).toEqual(whole.finish(end));
        expect(first.finish(end)).toEqual(whole.finish(end));
      }),
    );
  });

  it('is refused with other properties', () => {
    const saved = evaluationOf({ invariants: [oneModel] }).save();
    expect(() => evaluationOf({ invariants: [partial] }).load(saved)).toThrow('the checkpoint has "one model per round"');
    expect(() => evaluationOf({}).load(saved)).toThrow('only with the properties');
  });

  it('cannot be confused by two properties of one name', () => {
    expect(() => evaluationOf({ invariants: [oneModel, oneModel] })).toThrow('the same name');
  });
});
