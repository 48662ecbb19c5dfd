/**
 * Carries a scenario's faults out: waits for their triggers, applies and ends them, counts hits.
 *
 * A record trigger is evaluated while the recording node's step is still handing over its commands,
 * so a fault can strike between two of them.
 */
import type { Fault, FrameVerdict, Selection } from '../../host/faults.ts';
import type { FrameRule, NamedFrames } from '../../host/rules.ts';
import { assert } from '../../kernel/assert.ts';
import type { Value, ValueMap } from '../../kernel/codec.ts';
import { drawWord, purposes } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import type { Chance } from './chance.ts';
import type { SimEvent } from './events.ts';

/** What the engine asks of the loop. */
export interface FaultWorld {
  readonly now: Micros;
  push(at: Micros, key: { low: number; high: number }, event: SimEvent): void;
  /** Ids of a role's nodes whose chart is in a state, or has a tag, of this name now. */
  nodesInState(role: string, state: string): NodeId[];
  killNode(node: NodeId, how: 'kill' | 'powerOff', restartAfterUs: Micros | undefined): boolean;
  restartNode(node: NodeId): boolean;
  pauseNode(node: NodeId, fault: string): boolean;
  resumeNode(node: NodeId, fault: string): void;
  /** A factor of 1 ends the fault. */
  slowNode(node: NodeId, fault: string, factor: number): boolean;
  turnClock(node: NodeId, jumpUs: number, driftPpm: number): boolean;
  /** Begins or ends a disk fault, which hits whenever a save or a restart meets it. */
  faultDisk(node: NodeId, fault: Fault, begins: boolean): void;
  cutsChanged(): void;
  release(fault: string): void;
  hit(fault: string, what: string, node: NodeId): void;
}

interface Active {
  readonly nodes: readonly NodeId[];
  readonly others: readonly NodeId[];
}

export class FaultEngine {
  readonly #world: FaultWorld;
  readonly #chance: Chance;
  readonly #faults: ReadonlyMap<string, Fault>;
  /** Faults that wait for a record, by its kind. */
  readonly #awaited = new Map<string, Fault[]>();
  readonly #begun = new Set<string>();
  readonly #active = new Map<string, Active>();
  #rules: FrameRule[] = [];
  readonly #named = new Map<string, { fault: string; verdict: FrameVerdict }>();
  readonly #partitions = new Map<string, Map<NodeId, number>>();

  constructor(world: FaultWorld, faults: readonly Fault[], chance: Chance) {
    this.#world = world;
    this.#chance = chance;
    this.#faults = new Map(faults.map((fault) => [fault.id, fault]));
    for (const fault of faults) {
      const { trigger } = fault;
      if (trigger.kind !== 'record') continue;
      const waiting = this.#awaited.get(trigger.record) ?? [];
      this.#awaited.set(trigger.record, [...waiting, fault]);
    }
  }

  get rules(): readonly FrameRule[] {
    return this.#rules;
  }

  get named(): NamedFrames {
    return this.#named;
  }

  /** Puts every fault that has a time into the queue; a named frame is watched for from the start. */
  schedule(): void {
    for (const fault of this.#faults.values()) {
      if (fault.effect.kind === 'frame') this.begin(fault.id);
      else if (fault.trigger.kind === 'time') this.#push(fault, fault.trigger.atUs, 'faultBegin');
    }
  }

  #push(fault: Fault, at: Micros, kind: 'faultBegin' | 'faultEnd'): void {
    this.#world.push(at, this.#chance.named(`fault ${fault.id} ${kind}`), { kind, fault: fault.id });
  }

  /** Looks at an honest node's record. Effects without an offset strike before this returns. */
  recorded(kind: string, data: ValueMap): void {
    const waiting = this.#awaited.get(kind);
    if (waiting === undefined) return;
    for (const fault of waiting) {
      const { trigger } = fault;
      if (this.#begun.has(fault.id) || trigger.kind !== 'record') continue;
      if (!Object.entries(trigger.where).every(([field, value]) => data[field] === value)) continue;
      this.#begun.add(fault.id);
      if (trigger.offsetUs > 0) this.#push(fault, this.#world.now + trigger.offsetUs, 'faultBegin');
      else this.begin(fault.id);
    }
  }

  #select(selection: Selection): readonly NodeId[] {
    return selection.kind === 'nodes' ? selection.nodes : this.#world.nodesInState(selection.role, selection.state);
  }

  begin(id: string): void {
    const fault = this.#faults.get(id);
    assert(fault !== undefined, `fault "${id}" is unknown`);
    this.#begun.add(id);
    this.#apply(fault);
    const { effect } = fault;
    if ('forUs' in effect && effect.forUs !== undefined) this.#push(fault, this.#world.now + effect.forUs, 'faultEnd');
  }

  #apply(fault: Fault): void {
    const { effect, id } = fault;
    switch (effect.kind) {
      case 'partition':
        return this.#beginPartition(id, effect.sides.map((side) => this.#select(side)));
      case 'gate':
        return this.#beginRule(fault, this.#select(effect.from), this.#select(effect.to));
      case 'link':
        return this.#beginRule(fault, this.#select(effect.from), this.#select(effect.to));
      case 'frame': {
        const { frame, verdict: kind, delayUs = 0 } = effect;
        this.#named.set(frame, { fault: id, verdict: kind === 'delay' ? { kind, delayUs } : { kind } });
        return;
      }
      default:
        return this.#strikeNodes(fault, this.#select(effect.who));
    }
  }

  #strikeNodes(fault: Fault, nodes: readonly NodeId[]): void {
    if (!strikesOnce(fault)) this.#active.set(fault.id, { nodes, others: [] });
    for (const node of nodes) {
      if (this.#strike(fault, node)) this.#world.hit(fault.id, fault.effect.kind, node);
    }
  }

  /** Applies a fault to one node; false when there was nothing to strike. */
  #strike({ effect, id, ...rest }: Fault, node: NodeId): boolean {
    switch (effect.kind) {
      case 'kill':
      case 'powerOff':
        return this.#world.killNode(node, effect.kind, effect.restartAfterUs);
      case 'restart':
        return this.#world.restartNode(node);
      case 'pause':
        return this.#world.pauseNode(node, id);
      case 'slow':
        return this.#world.slowNode(node, id, effect.factor);
      case 'clock':
        return this.#world.turnClock(node, effect.clock.jumpUs ?? 0, effect.clock.driftPpm ?? 0);
      case 'disk':
        this.#world.faultDisk(node, { effect, id, ...rest }, true);
        return false;
      default:
        return false;
    }
  }

  #beginPartition(id: string, sides: readonly (readonly NodeId[])[]): void {
    const sideOf = new Map<NodeId, number>();
    for (const [side, nodes] of sides.entries()) for (const node of nodes) sideOf.set(node, side);
    this.#partitions.set(id, sideOf);
    this.#world.cutsChanged();
  }

  #beginRule(fault: Fault, from: readonly NodeId[], to: readonly NodeId[]): void {
    this.#active.set(fault.id, { nodes: from, others: to });
    this.#rules = [...this.#rules, this.#ruleOf(fault, from, to)];
  }

  #ruleOf({ id, effect }: Fault, from: readonly NodeId[], to: readonly NodeId[]): FrameRule {
    const word = drawWord(this.#chance.standing(`fault ${id}`), purposes.rule);
    const link = effect.kind === 'link' ? effect.link : { hold: true };
    const messages = effect.kind === 'link' ? effect.messages : undefined;
    return { fault: id, word, from: new Set(from), to: new Set(to), link, ...(messages === undefined ? {} : { messages }) };
  }

  end(id: string): void {
    const { effect } = this.#faults.get(id)!;
    const active = this.#active.get(id);
    this.#active.delete(id);
    if (effect.kind === 'partition') {
      this.#partitions.delete(id);
      this.#world.cutsChanged();
    } else if (effect.kind === 'gate' || effect.kind === 'link') {
      this.#rules = this.#rules.filter((rule) => rule.fault !== id);
      this.#world.release(id);
    } else {
      for (const node of active?.nodes ?? []) this.#relieve(id, node);
    }
  }

  #relieve(id: string, node: NodeId): void {
    const fault = this.#faults.get(id)!;
    const { effect } = fault;
    if (effect.kind === 'pause') this.#world.resumeNode(node, id);
    else if (effect.kind === 'slow') this.#world.slowNode(node, id, 1);
    else if (effect.kind === 'clock') this.#world.turnClock(node, 0, -(effect.clock.driftPpm ?? 0));
    else if (effect.kind === 'disk') this.#world.faultDisk(node, fault, false);
  }

  /** Which partition separates two nodes; empty when none does. */
  cutBy(a: NodeId, b: NodeId): string {
    for (const [id, sideOf] of this.#partitions) {
      const left = sideOf.get(a);
      const right = sideOf.get(b);
      if (left !== undefined && right !== undefined && left !== right) return id;
    }
    return '';
  }

  /** Ids of faults that are in force. */
  activeFaults(): string[] {
    return [...new Set([...this.#partitions.keys(), ...this.#active.keys()])].sort();
  }

  save(): Value {
    return {
      begun: [...this.#begun],
      active: [...this.#active].map(([id, { nodes, others }]) => ({ id, nodes, others })),
      rules: this.#rules.map((rule) => rule.fault),
      named: [...this.#named].map(([frame, { fault }]) => ({ frame, fault })),
      partitions: [...this.#partitions].map(([id, sides]) => ({ id, sides: [...sides].map(([node, side]) => ({ node, side })) })),
    };
  }

  load(saved: Value): void {
    const state = saved as unknown as {
      begun: string[];
      active: { id: string; nodes: NodeId[]; others: NodeId[] }[];
      rules: string[];
      named: { frame: string; fault: string }[];
      partitions: { id: string; sides: { node: NodeId; side: number }[] }[];
    };
    this.#begun.clear();
    for (const id of state.begun) this.#begun.add(id);
    this.#active.clear();
    for (const { id, nodes, others } of state.active) this.#active.set(id, { nodes, others });
    this.#rules = state.rules.map((id) => {
      const { nodes, others } = this.#active.get(id)!;
      return this.#ruleOf(this.#faults.get(id)!, nodes, others);
    });
    this.#named.clear();
    for (const { fault } of state.named) this.#apply(this.#faults.get(fault)!);
    this.#partitions.clear();
    for (const { id, sides } of state.partitions) this.#partitions.set(id, new Map(sides.map(({ node, side }) => [node, side])));
  }
}

/** Whether a fault is over as soon as it has struck. */
function strikesOnce({ effect }: Fault): boolean {
  if (effect.kind === 'clock') return effect.clock.driftPpm === undefined;
  return effect.kind === 'kill' || effect.kind === 'powerOff' || effect.kind === 'restart';
}
