/**
 * Faults in words, resolved: one effect each, a moment, and nodes that exist.
 *
 * A fault that could not do anything (a selector that matches nothing, a moment that never comes, a
 * stream fault where nobody speaks a stream protocol) is a problem here, not a silent no-op there.
 */
import type { ClockFault, DiskFault, Fault, FaultEffect, LinkFault, Selection } from '../../host/faults.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { limits } from '../../kernel/limits.ts';
import { checkDrift, checkSpan, networkSpanUsMax } from './bounds.ts';
import type { FaultWords, WhoWords } from './fault-words.ts';
import { checkFrameIdentity } from './frame-identity.ts';
import type { KeyPath } from './problems.ts';
import { reportUnknown } from './resolve-context.ts';
import type { ResolveContext } from './resolve-context.ts';
import { resolveSelector } from './selectors.ts';
import { resolveTrigger } from './triggers.ts';

const nodeEffects = ['kill', 'powerOff', 'restart', 'pause', 'slow', 'clock', 'disk'] as const;
const effectKeys = [...nodeEffects, 'partition', 'gate', 'link', 'frame'] as const;
type EffectKey = (typeof effectKeys)[number];

/** All faults of a file; ids are unique. */
export function resolveFaults(words: readonly FaultWords[], virtualTimeMaxUs: number, context: ResolveContext): Fault[] {
  if (words.length > limits.faultsMax) {
    context.report(['faults'], `has ${words.length} faults; at most ${limits.faultsMax} are allowed`);
  }
  const seen = new Set<string>();
  const faults: Fault[] = [];
  for (const [index, fault] of words.entries()) {
    const path = ['faults', index];
    if (seen.has(fault.id)) context.report([...path, 'id'], `the id "${fault.id}" is used twice`);
    seen.add(fault.id);
    const resolved = resolveFault(fault, path, virtualTimeMaxUs, context);
    if (resolved !== undefined) faults.push(resolved);
  }
  return faults;
}

function resolveFault(
  words: FaultWords,
  path: KeyPath,
  virtualTimeMaxUs: number,
  context: ResolveContext,
): Fault | undefined {
  const key = effectKeyOf(words, path, context);
  if (key === undefined) return undefined;
  checkCompanions(words, key, path, context);
  const effect = new EffectResolver(words, path, context).resolve(key);
  if (words.at === undefined && key !== 'frame') {
    context.report(path, 'has no "at": expected a moment such as 12s or round 5');
    return undefined;
  }
  const trigger = words.at === undefined
    ? ({ kind: 'time', atUs: 0 } as const)
    : resolveTrigger(words.at, [...path, 'at'], virtualTimeMaxUs, context);
  return { id: words.id, trigger, effect, drawn: words.drawn ?? false };
}

/** The one effect of a fault. `restart` beside kill or powerOff is their companion, not an effect. */
function effectKeyOf(words: FaultWords, path: KeyPath, context: ResolveContext): EffectKey | undefined {
  const present = effectKeys.filter((key) => words[key] !== undefined);
  const stops = words.kill !== undefined || words.powerOff !== undefined;
  const effects = present.filter((key) => !(key === 'restart' && stops));
  if (effects.length === 1) return effects[0];
  const found = effects.length === 0 ? 'none' : effects.join(' and ');
  context.report(path, `expected exactly one of ${effectKeys.join(', ')}; found ${found}`);
  return undefined;
}

/** `for` and `restart` stand only where they mean something. */
function checkCompanions(words: FaultWords, key: EffectKey, path: KeyPath, context: ResolveContext): void {
  const stops = key === 'kill' || key === 'powerOff';
  const instant = stops || key === 'restart' || key === 'frame';
  if (words.for !== undefined && instant) {
    const instead = stops ? '; "restart: 2s" says when the nodes come back' : '';
    context.report([...path, 'for'], `means nothing for ${key}${instead}`);
  }
  if (words.for === undefined && key === 'pause') context.report(path, 'a pause needs "for", such as for: 3s');
  checkSpan(words.for, limits.virtualTimeUsMax, [...path, 'for'], context.report);
  if (typeof words.restart === 'number') {
    checkSpan(words.restart, limits.virtualTimeUsMax, [...path, 'restart'], context.report);
  }
  if (stops && words.restart !== undefined && typeof words.restart !== 'number') {
    context.report([...path, 'restart'], `beside ${key}, restart is a duration such as 2s`);
  }
  if (key === 'restart' && typeof words.restart === 'number') {
    context.report([...path, 'restart'], 'alone, restart names the nodes; a duration stands beside kill or powerOff');
  }
}

const nobody: Selection = { kind: 'nodes', nodes: [] };

/** Turns the words of one fault into its effect. */
class EffectResolver {
  readonly #words: FaultWords;
  readonly #path: KeyPath;
  readonly #context: ResolveContext;

  constructor(words: FaultWords, path: KeyPath, context: ResolveContext) {
    this.#words = words;
    this.#path = path;
    this.#context = context;
  }

  resolve(key: EffectKey): FaultEffect {
    const words = this.#words;
    const lasting = words.for === undefined ? {} : { forUs: words.for };
    switch (key) {
      case 'kill':
      case 'powerOff': {
        const restart = typeof words.restart === 'number' ? { restartAfterUs: words.restart } : {};
        return { kind: key, who: this.#who([key], words[key]!), ...restart };
      }
      case 'restart':
        return { kind: key, who: typeof words.restart === 'number' ? nobody : this.#who([key], words.restart!) };
      case 'pause':
        return { kind: 'pause', who: this.#who([key], words.pause!), forUs: words.for ?? 0 };
      case 'slow':
        return { kind: key, who: this.#nodes(key, words.slow!), factor: words.slow!.factor, ...lasting };
      case 'clock':
        return { kind: key, who: this.#nodes(key, words.clock!), clock: this.#clock(words.clock!), ...lasting };
      case 'disk':
        return { kind: key, who: this.#nodes(key, words.disk!), disk: this.#disk(words.disk!), ...lasting };
      case 'partition':
        return { kind: 'partition', sides: this.#sides(words.partition!), ...lasting };
      case 'gate':
        return { kind: 'gate', ...this.#ends('gate', words.gate!), ...lasting };
      case 'link':
        return { kind: 'link', ...this.#ends('link', words.link!), ...this.#link(words.link!), ...lasting };
      case 'frame':
        return this.#frame(words.frame!);
    }
  }

  #nodes(key: EffectKey, words: { readonly nodes: unknown }): Selection {
    return this.#who([key, 'nodes'], words.nodes);
  }

  #who(keys: readonly (string | number)[], words: unknown, side = '', taken: ReadonlySet<NodeId> = new Set()): Selection {
    const drawName = side === '' ? this.#words.id : `${this.#words.id} ${side}`;
    return resolveSelector(words as WhoWords, { path: [...this.#path, ...keys], drawName, taken }, this.#context);
  }

  #ends(key: 'gate' | 'link', words: { readonly from: unknown; readonly to: unknown }): { from: Selection; to: Selection } {
    return { from: this.#who([key, 'from'], words.from, 'from'), to: this.#who([key, 'to'], words.to, 'to') };
  }

  /** Sides are drawn one after another and share no node; `rest` is resolved last. */
  #sides(words: readonly unknown[]): Selection[] {
    const taken = new Set<NodeId>();
    const sides: Selection[] = [];
    const isRest = (side: unknown): number => (side === 'rest' ? 1 : 0);
    const restLast = [...words.entries()].sort(([a, left], [b, right]) => isRest(left) - isRest(right) || a - b);
    for (const [index, side] of restLast) {
      const path = [...this.#path, 'partition', index];
      if (side === 'rest' && sides.some((other) => other?.kind === 'state')) {
        this.#context.report(path, 'the rest is unknown beside a side that is selected by state');
      }
      const selection = this.#who(['partition', index], side, `side ${index}`, taken);
      const nodes = selection.kind === 'nodes' ? selection.nodes : [];
      const twice = nodes.find((node) => taken.has(node));
      if (twice !== undefined) this.#context.report(path, `${twice} stands on two sides`);
      if (side === 'rest' && nodes.length === 0) {
        this.#context.report(path, 'matches nothing: the other sides hold every node');
      }
      for (const node of nodes) taken.add(node);
      sides[index] = selection;
    }
    if (words.length < 2) {
      this.#context.report([...this.#path, 'partition'], 'expected at least two sides, such as [{worker: 0..9}, rest]');
    }
    return sides;
  }

  #clock({ nodes: _nodes, jump, drift }: NonNullable<FaultWords['clock']>): ClockFault {
    if (jump === undefined && drift === undefined) this.#context.report([...this.#path, 'clock'], 'expected jump or drift');
    checkDrift(drift, [...this.#path, 'clock', 'drift'], this.#context.report);
    return { ...(jump === undefined ? {} : { jumpUs: jump }), ...(drift === undefined ? {} : { driftPpm: drift }) };
  }

  #disk({ nodes: _nodes, ...disk }: NonNullable<FaultWords['disk']>): DiskFault {
    if (Object.keys(disk).length === 0) {
      this.#context.report([...this.#path, 'disk'], 'does nothing: expected tornWrites, bitRot, full, …');
    }
    return disk;
  }

  #link(words: NonNullable<FaultWords['link']>): { link: LinkFault; messages?: readonly string[] } {
    const { from: _from, to: _to, messages, delay, bandwidth, ...chances } = words;
    const path = [...this.#path, 'link'];
    const link: LinkFault = {
      ...chances,
      ...(delay === undefined ? {} : { delayUs: delay }),
      ...(bandwidth === undefined ? {} : { bandwidthBitsPerSecond: bandwidth }),
    };
    if (Object.keys(link).length === 0) this.#context.report(path, 'does nothing: expected loss, delay, hold, break, …');
    checkSpan(delay, networkSpanUsMax, [...path, 'delay'], this.#context.report);
    if (bandwidth === 0) this.#context.report([...path, 'bandwidth'], 'a bandwidth is more than 0');
    const transports = this.#transports(messages, path);
    for (const key of ['duplicate', 'reorder', 'corrupt'] as const) {
      if (link[key] !== undefined && !transports.has('datagram')) {
        this.#context.report([...path, key], 'cannot happen on a stream; these messages travel on streams only');
      }
    }
    if (link.break !== undefined && !transports.has('stream')) {
      this.#context.report([...path, 'break'], 'cannot happen to datagrams; these messages travel as datagrams only');
    }
    return { link, ...(messages === undefined ? {} : { messages }) };
  }

  /** The transports of the named messages, or of everything that is spoken. */
  #transports(messages: readonly string[] | undefined, path: KeyPath): Set<'stream' | 'datagram'> {
    const protocols = [...this.#context.vocabulary.protocols.values()];
    if (messages === undefined) return new Set(protocols.map(({ transport }) => transport));
    const known = protocols.flatMap((protocol) => protocol.messages.map(({ kind }) => kind));
    for (const [index, message] of messages.entries()) {
      if (!known.includes(message)) reportUnknown(this.#context, [...path, 'messages', index], 'message', message, known);
    }
    const carrying = protocols.filter((protocol) => protocol.messages.some(({ kind }) => messages.includes(kind)));
    return new Set((carrying.length === 0 ? protocols : carrying).map(({ transport }) => transport));
  }

  #frame(words: NonNullable<FaultWords['frame']>): FaultEffect {
    const { identity, verdict, delay } = words;
    checkSpan(delay, networkSpanUsMax, [...this.#path, 'frame', 'delay'], this.#context.report);
    checkFrameIdentity(identity, [...this.#path, 'frame', 'identity'], this.#context);
    if ((verdict === 'delay') !== (delay !== undefined)) {
      this.#context.report([...this.#path, 'frame'], 'delay: 200ms goes with verdict: delay, and only with it');
    }
    return { kind: 'frame', frame: identity, verdict, ...(delay === undefined ? {} : { delayUs: delay }) };
  }
}
