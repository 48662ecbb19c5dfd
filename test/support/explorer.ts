/**
 * A breadth-first explorer: every order of deliveries and time-outs that a few nodes can meet.
 *
 * A state is the snapshots, the armed timers, the frames in flight, what hosts have yet to say, the
 * budgets that are left and the states of the properties. An action delivers, loses or repeats a
 * frame, fires a timer, or lets a host tell `restored`. Time stands still and dice are constant, so
 * whatever an actor does follows from the order alone. States are told apart by their canonical
 * bytes; breadth first, so the path to a violation is the shortest one.
 */
import type { NodeSpecification } from '../../src/host/node.ts';
import { persistSnapshot, prepareMachine, startStep, step } from '../../src/host/step.ts';
import type { Snapshot, StepResult } from '../../src/host/step.ts';
import { assert, InvariantViolation, present } from '../../src/kernel/assert.ts';
import { toHex } from '../../src/kernel/bytes.ts';
import { encode } from '../../src/kernel/codec.ts';
import type { Value, ValueMap } from '../../src/kernel/codec.ts';
import type { InputEvent, Message } from '../../src/kernel/contract.ts';
import { compareText } from '../../src/kernel/ids.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import type { Property } from '../../src/kernel/properties.ts';
import { heard } from './signatures.ts';

/** How often something may still happen, over all nodes together. */
export interface Budgets {
  readonly losses: number;
  readonly duplications: number;
  readonly firings: number;
}

export interface Exploration {
  readonly uniqueStates: number;
  /** Steps tried, those that led to a known state included. */
  readonly transitions: number;
  /** Actions on the longest of the shortest paths. */
  readonly depth: number;
  /** States in which every node of a concluding role has finished. */
  readonly concluded: number;
  readonly violation?: { readonly property: string; readonly because: string; readonly path: readonly string[] };
}

interface FlyingFrame {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: Message;
}

interface State {
  readonly snapshots: readonly Snapshot[];
  /** Armed timers of each node: [id, the event that the chart awaits]. */
  readonly timers: readonly (readonly (readonly [string, string])[])[];
  readonly frames: readonly FlyingFrame[];
  /** Nodes whose host has yet to say `restored`. */
  readonly unrestored: readonly NodeId[];
  readonly budgets: Budgets;
  readonly properties: readonly Value[];
}

interface Action {
  readonly name: string;
  readonly take: () => State;
}

/** How a state was reached first. */
interface Arrival {
  readonly action: string;
  readonly before: Arrival | undefined;
  readonly depth: number;
}

const standstill = { at: 0, mono: 0, dice: 0 };
const without = <T>(items: readonly T[], index: number): T[] => items.toSpliced(index, 1);

class Violation extends InvariantViolation {}

class Explorer {
  readonly #nodes: readonly NodeSpecification[];
  readonly #properties: readonly Property[];

  constructor(nodes: readonly NodeSpecification[], properties: readonly Property[]) {
    this.#nodes = nodes;
    this.#properties = properties;
  }

  /** All nodes have started, in order, and none has been told what its store holds. */
  first(budgets: Budgets): State {
    const unrestored = this.#nodes.map(({ id }) => id);
    const properties = this.#properties.map((property) => property.start());
    const begun: State = { snapshots: [], timers: this.#nodes.map(() => []), frames: [], unrestored, budgets, properties };
    return this.#nodes.reduce((state, { id, role, config }, index) => {
      prepareMachine(role.machine);
      return this.#after(state, index, startStep(role, { self: id, incarnation: 0, config, ...standstill }));
    }, begun);
  }

  /** Canonical bytes of a state; the order of frames in flight is no part of it. */
  fingerprint({ snapshots, timers, frames, unrestored, budgets, properties }: State): string {
    const charts = snapshots.map((snapshot, index) => persistSnapshot(this.#nodes[index]!.role, snapshot));
    const flying = frames.map((frame) => toHex(encode(frame as unknown as Value))).sort(compareText);
    return toHex(encode([charts, timers, flying, unrestored, { ...budgets }, properties]));
  }

  concluded({ snapshots }: State): boolean {
    return this.#nodes.every(({ role }, index) => role.concludes !== true || snapshots[index]!.status === 'done');
  }

  /** Everything that may happen next, in one fixed order. */
  actions(state: State): Action[] {
    return [...this.#tellings(state), ...this.#deliveries(state), ...this.#firings(state)];
  }

  #tellings(state: State): Action[] {
    return state.unrestored.map((id, index) => ({
      name: `${id} restored`,
      take: () => {
        const event = { type: 'restored', records: {}, damaged: [] };
        return this.#give({ ...state, unrestored: without(state.unrestored, index) }, id, event);
      },
    }));
  }

  #deliveries(state: State): Action[] {
    const { losses, duplications } = state.budgets;
    return state.frames.flatMap(({ from, to, message }, index) => {
      const name = `${from}>${to} ${message.kind}`;
      const rest = { ...state, frames: without(state.frames, index) };
      const event = heard(this.#roleOf(to), { from, incarnation: 0, to, message });
      const actions: Action[] = [{ name: `${name} delivered`, take: () => this.#give(rest, to, event) }];
      if (losses > 0) actions.push({ name: `${name} lost`, take: () => spend(rest, 'losses') });
      if (duplications > 0) {
        actions.push({ name: `${name} duplicated`, take: () => this.#give(spend(state, 'duplications'), to, event) });
      }
      return actions;
    });
  }

  #roleOf(id: NodeId): NodeSpecification['role'] {
    return present(this.#nodes.find((node) => node.id === id), `node ${id}, to which a frame is addressed,`).role;
  }

  #firings(state: State): Action[] {
    if (state.budgets.firings === 0) return [];
    return state.timers.flatMap((armed, node) => armed.map(([id, event], index) => {
      const fired = { ...spend(state, 'firings'), timers: state.timers.with(node, without(armed, index)) };
      const { id: owner } = this.#nodes[node]!;
      return { name: `${owner} fired ${id}`, take: () => this.#give(fired, owner, { type: event }) };
    }));
  }

  #give(state: State, id: NodeId, event: InputEvent): State {
    const index = this.#nodes.findIndex((node) => node.id === id);
    assert(index >= 0, `a frame is addressed to ${id}, who is not here`);
    return this.#after(state, index, step(this.#nodes[index]!.role, id, state.snapshots[index]!, { ...standstill, event }));
  }

  /** The state after one node's step. Throws `Violation` when a property does not hold in it. */
  #after(state: State, index: number, { snapshot, commands }: StepResult): State {
    const { id, role } = this.#nodes[index]!;
    const frames = [...state.frames];
    const properties = structuredClone(state.properties) as Value[];
    let armed = state.timers[index]!;
    for (const command of commands) {
      if (command.type === 'send') frames.push({ from: id, to: command.to, message: command.message });
      else if (command.type === 'arm') armed = [...armed.filter(([timer]) => timer !== command.id), [command.id, command.event]];
      else if (command.type === 'cancel') armed = armed.filter(([timer]) => timer !== command.id);
      else if (command.type === 'record') this.#observe(properties, id, role.name, command.kind, command.data);
      else assert(command.type === 'reject', `the explorer has no ${command.type}`);
    }
    const snapshots = [...state.snapshots];
    snapshots[index] = snapshot;
    return { ...state, snapshots, timers: state.timers.with(index, armed), frames, properties };
  }

  #observe(states: Value[], node: NodeId, role: string, kind: string, data: ValueMap): void {
    for (const [index, property] of this.#properties.entries()) {
      if (!property.watches.includes(kind)) continue;
      const outcome = property.observe(states[index]!, { sequence: 0, at: 0, node, role, honest: true, kind, data });
      if (outcome.applies && !outcome.holds) throw new Violation(outcome.because ?? 'it does not hold', { property: property.name });
    }
  }
}

const spend = (state: State, budget: keyof Budgets): State => ({
  ...state,
  budgets: { ...state.budgets, [budget]: state.budgets[budget] - 1 },
});

function pathTo(arrival: Arrival | undefined): string[] {
  const path: string[] = [];
  for (let at = arrival; at !== undefined; at = at.before) path.unshift(at.action);
  return path;
}

/** Explores everything within the budgets, or up to the first violation of an `always`. */
export function explore(nodes: readonly NodeSpecification[], budgets: Budgets): Exploration {
  const invariants = new Set(nodes.flatMap(({ role }) => role.protocols.flatMap((protocol) => protocol.invariants)));
  const explorer = new Explorer(nodes, [...invariants].filter(({ kind }) => kind === 'always'));
  const first = explorer.first(budgets);
  const seen = new Set([explorer.fingerprint(first)]);
  let level: [State, Arrival | undefined][] = [[first, undefined]];
  let [transitions, depth, concluded] = [0, 0, 0];
  while (level.length > 0) {
    const next: [State, Arrival][] = [];
    for (const [state, before] of level) {
      depth = before?.depth ?? 0;
      if (explorer.concluded(state)) concluded += 1;
      for (const { name, take } of explorer.actions(state)) {
        const arrival = { action: name, before, depth: depth + 1 };
        transitions += 1;
        try {
          const reached = take();
          const fingerprint = explorer.fingerprint(reached);
          if (!seen.has(fingerprint)) next.push([reached, arrival]);
          seen.add(fingerprint);
        } catch (error) {
          if (!(error instanceof Violation)) throw error;
          const violation = { property: String(error.context['property']), because: error.message, path: pathTo(arrival) };
          return { uniqueStates: seen.size, transitions, depth: arrival.depth, concluded, violation };
        }
      }
    }
    level = next;
  }
  return { uniqueStates: seen.size, transitions, depth, concluded };
}
