/**
 * When each fault of a run began and ended, and what it hit.
 *
 * The trace tells hits only. A fault whose trigger is a time begins then; one that waits for a record
 * begins when the first such record was made, as the fault engine does it (worlds/sim/fault-engine).
 * Adversaries are told like faults, under the id of what made them one.
 */
import type { Fault } from '../../host/faults.ts';
import type { TraceRecord } from '../../judge/trace-reader.ts';
import { compareText, inIdOrder } from '../../kernel/ids.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import { faultWords } from '../../run/verdict-of.ts';
import type { RunReader, SeenObservation } from './reading.ts';
import type { StoredScenario } from './stored-scenario.ts';

/** A fault as it took place; faults that never began are not told. */
export interface FaultTime {
  readonly id: string;
  /** What it does, in words. */
  readonly words: string;
  readonly fault: Fault | undefined;
  readonly beginUs: Micros;
  /** The same as `beginUs` for what is over at once. */
  readonly endUs: Micros;
  readonly hits: number;
  /** Nodes that it hit, in id order. */
  readonly nodes: readonly NodeId[];
}

/** One hit on a node. */
export interface FaultHit {
  readonly fault: string;
  readonly what: string;
  readonly node: NodeId;
  readonly at: Micros;
}

interface Hits {
  count: number;
  readonly firstUs: Micros;
  lastUs: Micros;
  readonly nodes: Set<NodeId>;
}

/** Effects that are over as soon as they have struck. */
const instantEffects: ReadonlySet<string> = new Set(['kill', 'powerOff', 'restart']);

export class FaultTimes implements RunReader {
  readonly #scenario: StoredScenario;
  readonly #endUs: Micros;
  readonly #liars: ReadonlySet<string>;
  readonly #triggered = new Map<string, Micros>();
  readonly #hits = new Map<string, Hits>();
  /** Hits of pauses and slow-downs, which last on a node; single frames are only counted. */
  readonly lastingHits: FaultHit[] = [];

  /** `endUs` is when the run was over; what `liars` record triggers nothing. */
  constructor(scenario: StoredScenario, endUs: Micros, liars: ReadonlySet<string>) {
    this.#scenario = scenario;
    this.#endUs = endUs;
    this.#liars = liars;
  }

  observation({ at, node, kind, data }: SeenObservation): void {
    if (this.#liars.has(node)) return;
    for (const { id, trigger } of this.#scenario.faults) {
      if (trigger.kind !== 'record' || trigger.record !== kind || this.#triggered.has(id)) continue;
      const fits = Object.entries(trigger.where).every(([field, value]) => data[field] === value);
      if (fits) this.#triggered.set(id, at + trigger.offsetUs);
    }
  }

  record({ kind, at, node, value }: TraceRecord): void {
    if (kind !== 'faultHit' || !Array.isArray(value)) return;
    const [fault, what] = [String(value[0]), String(value[1])];
    let hits = this.#hits.get(fault);
    if (hits === undefined) this.#hits.set(fault, (hits = { count: 0, firstUs: at, lastUs: at, nodes: new Set() }));
    hits.count += 1;
    hits.lastUs = at;
    if (node !== '') hits.nodes.add(node);
    if (what === 'pause' || what === 'slow') this.lastingHits.push({ fault, what, node, at });
  }

  /** Faults in the order in which they began, adversaries first. */
  inOrder(): FaultTime[] {
    const faults = this.#scenario.faults.flatMap((fault) => this.#timeOf(fault) ?? []);
    const wraps = this.#scenario.wrap.flatMap(({ id, as, nodes }): FaultTime[] => {
      const hits = this.#hits.get(id);
      if (nodes.length === 0) return [];
      const times = { beginUs: hits?.firstUs ?? 0, endUs: hits?.lastUs ?? 0 };
      return [{ id, words: `${as} by ${nodes.join(', ')}`, fault: undefined, ...times, hits: hits?.count ?? 0, nodes }];
    });
    return [...wraps, ...faults.sort((a, b) => a.beginUs - b.beginUs || compareText(a.id, b.id))];
  }

  #timeOf(fault: Fault): FaultTime | undefined {
    const { id, trigger, effect } = fault;
    const hits = this.#hits.get(id);
    const planned = trigger.kind === 'time' ? trigger.atUs : this.#triggered.get(id);
    // A named frame is watched for from the start, so that only its hit says when it took place.
    const beginUs = effect.kind === 'frame' ? hits?.firstUs : (planned ?? hits?.firstUs);
    if (beginUs === undefined || beginUs > this.#endUs) return undefined;
    return {
      id, words: faultWords(fault), fault, beginUs,
      endUs: Math.min(this.#endUs, this.#endOf(fault, beginUs)),
      hits: hits?.count ?? 0,
      nodes: inIdOrder(hits?.nodes ?? []),
    };
  }

  #endOf({ effect }: Fault, beginUs: Micros): Micros {
    if ('forUs' in effect && effect.forUs !== undefined) return beginUs + effect.forUs;
    const isInstant = instantEffects.has(effect.kind) || (effect.kind === 'clock' && effect.clock.driftPpm === undefined);
    return isInstant || effect.kind === 'frame' ? beginUs : this.#endUs;
  }
}
