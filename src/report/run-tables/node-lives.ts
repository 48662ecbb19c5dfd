/**
 * The lives of nodes: when each was up, down, leading, cut off, paused or slow.
 *
 * Lives begin with the start that the trace tells and end with what the world observed. Of a partition
 * the side with most nodes counts as the network, and the others as cut off from it.
 */
import type { FaultEffect, Selection } from '../../host/faults.ts';
import type { TraceRecord } from '../../judge/trace-reader.ts';
import { inIdOrder, parseNodeId } from '../../kernel/ids.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import { tableOf } from '../table.ts';
import type { Table } from '../table.ts';
import type { FaultHit, FaultTime } from './fault-times.ts';
import { isMap, seconds } from './reading.ts';
import type { RunReader, SeenObservation } from './reading.ts';

export type NodeState = 'up' | 'adversary' | 'leader' | 'cut off' | 'paused' | 'slow' | 'down';

/** A node in one state for a while. */
export interface LifeSpan {
  readonly node: NodeId;
  readonly state: NodeState;
  readonly beginUs: Micros;
  readonly endUs: Micros;
  readonly words: string;
}

/** Rows that a chart of lives can show; more nodes than that show only those to which something happened. */
export const lifeRowsMax = 60;

/** What `NodeLives` is told besides the run itself. */
export interface LivesContext {
  readonly nodes: readonly NodeId[];
  readonly liars: ReadonlySet<NodeId>;
  readonly endUs: Micros;
}

interface Moment {
  readonly at: Micros;
  readonly node: NodeId;
  readonly change: 'start' | 'killed' | 'left' | 'leads' | 'follows';
}

export class NodeLives implements RunReader {
  readonly #context: LivesContext;
  readonly #moments: Moment[] = [];

  constructor(context: LivesContext) {
    this.#context = context;
  }

  observation({ at, node, kind }: SeenObservation): void {
    if (kind === 'world-killed') this.#moments.push({ at, node, change: 'killed' });
    else if (kind === 'world-left') this.#moments.push({ at, node, change: 'left' });
    else if (kind === 'leader-elected') this.#moments.push({ at, node, change: 'leads' });
    else if (kind === 'leader-stepped-down') this.#moments.push({ at, node, change: 'follows' });
  }

  record({ kind, at, node, value }: TraceRecord): void {
    if (kind !== 'input' || !Array.isArray(value) || value.length !== 4) return;
    const event = value[3];
    if (isMap(event) && event['type'] === 'start') this.#moments.push({ at, node, change: 'start' });
  }

  /** Every span of every node, in the order in which they are drawn over each other. */
  spans(faults: readonly FaultTime[], lasting: readonly FaultHit[]): LifeSpan[] {
    const { nodes } = this.#context;
    const byNode = new Map<NodeId, Moment[]>(nodes.map((node) => [node, []]));
    // A start of the same moment as an end follows it: that is a restart.
    const rank = (moment: Moment): number => (moment.change === 'start' ? 1 : 0);
    for (const moment of [...this.#moments].sort((a, b) => a.at - b.at || rank(a) - rank(b))) byNode.get(moment.node)?.push(moment);
    const own = nodes.flatMap((node) => this.#ownSpans(node, byNode.get(node)!));
    const [leading, living] = [true, false].map((leads) => own.filter(({ state }) => (state === 'leader') === leads));
    return [...living!, ...leading!, ...this.#pauses(faults, lasting), ...this.#cuts(faults, own)];
  }

  #ownSpans(node: NodeId, moments: readonly Moment[]): LifeSpan[] {
    const spans: LifeSpan[] = [];
    const { endUs, liars } = this.#context;
    let since: { state: NodeState; at: Micros } | undefined;
    let leadsSince: Micros | undefined;
    const close = (at: Micros): void => {
      if (since !== undefined && at > since.at) spans.push({ node, state: since.state, beginUs: since.at, endUs: at, words: '' });
      since = undefined;
    };
    const follow = (at: Micros): void => {
      if (leadsSince !== undefined) spans.push({ node, state: 'leader', beginUs: leadsSince, endUs: at, words: '' });
      leadsSince = undefined;
    };
    for (const { at, change } of moments) {
      if (change === 'leads') leadsSince ??= at;
      else follow(at);
      if (change === 'leads' || change === 'follows') continue;
      close(at);
      if (change === 'start') since = { state: liars.has(node) ? 'adversary' : 'up', at };
      else if (change === 'killed') since = { state: 'down', at };
    }
    follow(endUs);
    close(endUs);
    return spans;
  }

  #pauses(faults: readonly FaultTime[], lasting: readonly FaultHit[]): LifeSpan[] {
    return lasting.map(({ fault, what, node, at }) => {
      const endUs = faults.find(({ id }) => id === fault)?.endUs ?? this.#context.endUs;
      return { node, state: what === 'pause' ? 'paused' : 'slow', beginUs: at, endUs: Math.max(at, endUs), words: fault };
    });
  }

  #cuts(faults: readonly FaultTime[], own: readonly LifeSpan[]): LifeSpan[] {
    return faults.flatMap(({ id, fault, beginUs, endUs }) => {
      if (fault?.effect.kind !== 'partition') return [];
      const away = nodesCutOff(fault.effect, (selection) => this.#selected(selection, beginUs, own));
      return away.map((node): LifeSpan => ({ node, state: 'cut off', beginUs, endUs, words: id }));
    });
  }

  /** Whom a selection meant; of states only that of a leader is known from what nodes record. */
  #selected(selection: Selection, at: Micros, own: readonly LifeSpan[]): readonly NodeId[] {
    if (selection.kind === 'nodes') return selection.nodes;
    const leaders = own.filter(({ node, state, beginUs, endUs }) =>
      state === selection.state && parseNodeId(node)?.role === selection.role && beginUs <= at && at < endUs);
    return leaders.map(({ node }) => node);
  }

  /** Columns: node, order, state, begin_s, end_s, detail. */
  table(spans: readonly LifeSpan[]): Table {
    const shown = shownNodes(this.#context.nodes, spans);
    const order = new Map(shown.map((node, index) => [node, index]));
    const rows = spans.filter(({ node }) => order.has(node)).map(({ node, state, beginUs, endUs, words }) => ({
      node, order: order.get(node)!, state, begin_s: seconds(beginUs), end_s: seconds(endUs), detail: words,
    }));
    return tableOf(['node', 'order', 'state', 'begin_s', 'end_s', 'detail'], rows);
  }
}

function nodesCutOff(effect: FaultEffect & { kind: 'partition' }, selected: (selection: Selection) => readonly NodeId[]): NodeId[] {
  const sides = effect.sides.map(selected);
  const largest = sides.reduce((best, side) => (side.length > best.length ? side : best), []);
  return inIdOrder(sides.filter((side) => side !== largest).flat());
}

/** All nodes where they fit; otherwise those to which something happened, as many as fit. */
export function shownNodes(nodes: readonly NodeId[], spans: readonly LifeSpan[]): readonly NodeId[] {
  if (nodes.length <= lifeRowsMax) return nodes;
  const eventful = new Set(spans.filter(({ state }) => state !== 'up').map(({ node }) => node));
  return nodes.filter((node) => eventful.has(node)).slice(0, lifeRowsMax);
}
