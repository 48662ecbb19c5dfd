/**
 * What adversaries overhear: the frames that their declared tap covers, at the moment they are sent.
 *
 * A tap hears a frame whatever becomes of it on the way, and delays nothing. What it heard is an input of
 * the adversary like any other, so that it stands in the trace and a fold needs no tap.
 */
import type { Wrapping } from '../../actors/adversaries/define.ts';
import type { Frame } from '../../host/frames.ts';
import type { NodeSpecification } from '../../host/node.ts';
import { childKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Timeline } from './timeline.ts';

interface Listener {
  readonly node: NodeId;
  readonly kinds: ReadonlySet<string>;
  /** Whose frames it hears; undefined: everybody's. */
  readonly senders: ReadonlySet<NodeId> | undefined;
}

export class Taps {
  readonly #listeners: readonly Listener[];
  readonly #timeline: Timeline;

  constructor(nodes: readonly NodeSpecification[], timeline: Timeline) {
    this.#timeline = timeline;
    this.#listeners = nodes.flatMap(({ id, wrapping }) => (wrapping === undefined ? [] : listenersOf(id, wrapping)));
  }

  /** Tells every adversary whose tap covers this frame. */
  overhear(frame: Frame): void {
    for (const { node, kinds, senders } of this.#listeners) {
      if (!kinds.has(frame.kind) || frame.from === node || senders?.has(frame.from) === false) continue;
      const { from, to, message } = frame;
      const key = childKey(frame.drawKey, `tap ${node}`);
      this.#timeline.push(this.#timeline.now, key, { kind: 'overheard', node, event: { type: 'overheard', from, to, message } });
    }
  }
}

function listenersOf(node: NodeId, { definition, liars }: Wrapping): Listener[] {
  if (definition.tap === 'own') return [];
  const kinds = new Set(definition.overhears);
  return [{ node, kinds, senders: definition.tap === 'colluders' ? new Set(liars) : undefined }];
}
