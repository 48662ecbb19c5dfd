/**
 * Folds a run's observations into findings.
 *
 * An observation costs only the properties that watch its kind. What an adversary says counts for
 * nothing; what a world says of itself (kinds that begin with `world-`) always counts. The whole
 * state is a plain value, so that a checkpoint carries it. The judge watches and never acts: its
 * caller alone decides to stop at the first failure.
 */
import { assert, present } from '../kernel/assert.ts';
import type { Value } from '../kernel/codec.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { Fact, Observation, Outcome, Property } from '../kernel/properties.ts';
import { factOf } from '../kernel/properties.ts';
import { findingsAtEnd } from './end-findings.ts';
import type { DeclaredFault, RunEnd, Standing } from './tally.ts';
import { runEndedKind } from './measures.ts';
import type { Finding } from './verdict.ts';

/** A promise that a scenario states; `breaks` says that this run must break it. */
export interface Expectation {
  readonly property: Property;
  readonly breaks: boolean;
}

export interface EvaluationOptions {
  /** Promises that hold in every run where their roles live. */
  readonly invariants: readonly Property[];
  /** Promises of this scenario. One that names an invariant replaces it. */
  readonly expectations: readonly Expectation[];
  readonly faults: readonly DeclaredFault[];
}

/** What was found in a run, with the counts that verdict.json shows. */
export interface EvaluationSummary {
  readonly findings: readonly Finding[];
  /** How often each `sometimes` held. */
  readonly sometimes: Readonly<Record<string, number>>;
  /** How often each declared fault hit. */
  readonly faultHits: Readonly<Record<string, number>>;
  /** Invariants whose antecedent never fired: told, but no fault of the scenario. */
  readonly unexercised: readonly string[];
}

type SlotState = {
  state: Value;
  applied: number;
  held: number;
  expired: boolean;
  finding: Finding | null;
  standing: Standing | null;
};

interface Slot extends SlotState {
  readonly property: Property;
  readonly stated: boolean;
  readonly breaks: boolean;
}

/** Kinds that a world observes of itself; no role may record them. */
export function isWorldKind(kind: string): boolean {
  return kind.startsWith('world-');
}

export class Evaluation {
  readonly #slots: readonly Slot[];
  readonly #watchers = new Map<string, Slot[]>();
  readonly #faults: readonly DeclaredFault[];
  readonly #faultHits = new Map<string, number>();

  constructor({ invariants, expectations, faults }: EvaluationOptions) {
    const stated = new Set(expectations.map(({ property }) => property.name));
    this.#slots = [
      ...invariants.filter(({ name }) => !stated.has(name)).map((property) => newSlot(property, false, false)),
      ...expectations.map(({ property, breaks }) => newSlot(property, true, breaks)),
    ];
    const names = new Set(this.#slots.map(({ property }) => property.name));
    assert(names.size === this.#slots.length, 'two properties of one run have the same name');
    for (const slot of this.#slots) {
      for (const kind of new Set(slot.property.watches)) {
        const watchers = this.#watchers.get(kind);
        if (watchers === undefined) this.#watchers.set(kind, [slot]);
        else watchers.push(slot);
      }
    }
    this.#faults = faults;
    for (const { id } of faults) this.#faultHits.set(id, 0);
  }

  /** Whether any property looks at a kind; a world need not make up observations that nobody reads. */
  watches(kind: string): boolean {
    return kind === 'world-fault-hit' || this.#watchers.has(kind);
  }

  /** Takes the next observation of the run. */
  observe(observation: Observation): void {
    const { kind } = observation;
    if (!observation.honest && !isWorldKind(kind)) return;
    if (kind === 'world-fault-hit') {
      const fault = String(observation.data['fault']);
      this.#faultHits.set(fault, (this.#faultHits.get(fault) ?? 0) + 1);
    }
    const watchers = this.#watchers.get(kind);
    if (watchers === undefined) return;
    for (const slot of watchers) this.#fold(slot, observation);
  }

  #fold(slot: Slot, observation: Observation): void {
    const { property } = slot;
    if (property.kind === 'eventually' && (slot.held > 0 || slot.expired)) return; // It is decided.
    const outcome = property.observe(slot.state, observation);
    if (!outcome.applies) return;
    slot.applied += 1;
    if (outcome.holds) {
      slot.held += 1;
      return;
    }
    if (property.kind !== 'always' && outcome.expired !== true) {
      if (outcome.because !== undefined) slot.standing = { because: outcome.because, facts: outcome.facts ?? [] };
      return;
    }
    if (property.kind !== 'always') slot.expired = true;
    slot.finding ??= findingOf(property, observation, outcome); // The first violation explains the later ones.
  }

  /** Ends the run and says what was found in it; the caller orders findings of other origin among them. */
  finish(end: RunEnd): EvaluationSummary {
    const { sequence, at } = end;
    const data = { complete: end.complete };
    this.observe({ sequence, at, node: '', role: '', honest: true, kind: runEndedKind, data });
    return {
      findings: findingsAtEnd(this.#slots, this.#faults, this.#faultHits, end),
      sometimes: Object.fromEntries(
        this.#slots
          .filter(({ property }) => property.kind === 'sometimes')
          .map(({ property, held }) => [property.name, held]),
      ),
      faultHits: Object.fromEntries(this.#faultHits),
      unexercised: this.#slots
        .filter(({ stated, applied }) => !stated && applied === 0)
        .map(({ property }) => property.name),
    };
  }

  /** The whole state as a value that shares nothing with the running one. */
  save(): Value {
    const properties = this.#slots.map(
      ({ property: { name }, state, applied, held, expired, finding, standing }) =>
        ({ name, state, applied, held, expired, finding, standing }),
    );
    const faultHits = [...this.#faultHits];
    return structuredClone({ faultHits, properties }) as unknown as Value;
  }

  /** Continues where `save` was called, with the same properties. */
  load(saved: Value): void {
    const { faultHits, properties } = structuredClone(saved) as unknown as {
      faultHits: readonly (readonly [string, number])[];
      properties: readonly (SlotState & { name: string })[];
    };
    assert(properties.length === this.#slots.length, 'a checkpoint continues only with the properties it was taken with');
    this.#faultHits.clear();
    for (const [fault, hits] of faultHits) this.#faultHits.set(fault, hits);
    for (let index = 0; index < this.#slots.length; index += 1) {
      const slot = present(this.#slots[index], 'a property of the checkpoint');
      const { name, ...state } = properties[index]!;
      assert(name === slot.property.name, `the checkpoint has "${name}" where this run has "${slot.property.name}"`);
      Object.assign(slot, state);
    }
  }
}

function newSlot(property: Property, stated: boolean, breaks: boolean): Slot {
  const state = property.start();
  const counts = { applied: 0, held: 0, expired: false };
  return { property, stated, breaks, state, ...counts, finding: null, standing: null };
}

function findingOf(property: Property, observation: Observation, outcome: Outcome): Finding {
  const { at, node, sequence } = observation;
  const facts = outcome.facts ?? [wordlessFact(observation, node)];
  const message = outcome.because ?? `${property.name} does not hold`;
  return { class: 'fail', property: property.name, at, node, event: sequence, message, facts };
}

/** A property that named no facts is still shown what it refused. */
function wordlessFact(observation: Observation, node: NodeId): Fact {
  return factOf(observation, `${node === '' ? 'the world' : node} said ${observation.kind}`);
}
