/**
 * Twins: two copies of one node under one identity and key, each honest, each speaking with its own side
 * (S. Bano et al., "Twins: BFT Systems Made Robust", OPODIS 2021). What they do wrong together, such as
 * voting twice in one term, no single copy knows of.
 */
import { childKey, drawWord, purposes, seedKey } from '../../kernel/draws.ts';
import type { InputEvent } from '../../kernel/contract.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { defineAdversary } from './define.ts';

type Memory = { readonly sides: readonly (readonly NodeId[])[] | null };

/** The side on which a peer was drawn; it depends on the peer alone. */
function drawnSide(peer: NodeId): number {
  return drawWord(childKey(seedKey(0, 0), `side ${peer}`), purposes.rank) % 2;
}

/** Whether a copy speaks with a peer. */
function speaksWith({ sides }: Memory, copy: number, peer: NodeId): boolean {
  if (sides === null) return drawnSide(peer) === copy;
  return sides[copy]!.includes(peer) || !sides[1 - copy]!.includes(peer);
}

/** The peer that an event is about: who sent a message, whose link it is, who was not reached. */
function peerOf(event: InputEvent): NodeId | undefined {
  const peer = event['from'] ?? event['peer'] ?? event['to'];
  return typeof peer === 'string' ? peer : undefined;
}

export const twins = defineAdversary<Memory>({
  name: 'twins',
  about: 'Runs twice under one identity; each copy is honest and speaks with its own side.',
  roles: null,
  tap: 'own',
  overhears: [],
  copies: 2,
  reads: { sides: null },
  start: ({ options }) => ({ sides: options.sides ?? null }),
  hear(memory, { copy, event }) {
    const peer = peerOf(event);
    return peer === undefined || speaksWith(memory, copy, peer) ? undefined : { give: [] };
  },
  speak(memory, command, copy) {
    if (command.type !== 'send') return undefined;
    if (!speaksWith(memory, copy, command.to)) return { say: [] };
    return copy === 0 ? undefined : { say: [command, { type: 'act', what: 'spoke as the second of two' }] };
  },
});
