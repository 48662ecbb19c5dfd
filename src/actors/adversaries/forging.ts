/**
 * Forged updates: a worker trains honestly, and then sends what an attack makes of its own update and of
 * what its tap has overheard. The arithmetic of each attack is src/ml/attacks; this is when and from what.
 *
 * An adversary that reads others waits until every honest worker of the round was overheard, or until its
 * patience is over: a worker that has died sends nothing. Fellow liars hear the same frames, so that they
 * send the same lie.
 */
import type { BlobRef } from '../../kernel/blobs.ts';
import type { Value, ValueMap } from '../../kernel/codec.ts';
import type { InputEvent, Message } from '../../kernel/contract.ts';
import { inIdOrder } from '../../kernel/ids.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import { defineAdversary, ownPrefix } from './define.ts';
import type { AdversaryCommand, AdversaryDefinition, AdversaryStart, Turn } from './define.ts';
import { isTrained, trainingOf, updateOf, withUpdate } from './lying.ts';
import type { Training } from './lying.ts';

export const forgeTask = 'learning/forge';
const patienceTimer = `${ownPrefix}patience`;

/** A kind of forged update. */
export interface Forgery {
  readonly name: string;
  readonly about: string;
  /** Whether it is made of the honest updates of the round. */
  readonly readsHonest: boolean;
  readonly reads: AdversaryDefinition['reads'];
  /** The attack as src/ml/attacks knows it, from the options of the scenario. */
  readonly attack: (options: AdversaryStart['options']) => ValueMap;
}

type Memory = {
  readonly attack: ValueMap;
  readonly patienceUs: Micros;
  readonly honest: readonly NodeId[];
  readonly liars: number;
  /** The training that its worker asked for last; null before the first. */
  readonly training: Training | null;
  /** What the worker has computed, until it may learn of it in the forged form. */
  readonly trained: InputEvent | null;
  /** Whether the forgery of that is under way. */
  readonly isForging: boolean;
  /** Honest updates of the newest round that was overheard, by worker. */
  readonly overheard: { readonly round: number; readonly updates: readonly { readonly worker: NodeId; readonly update: BlobRef }[] };
};

/** The adversary that sends this forgery. */
export function forging({ name, about, readsHonest, reads, attack }: Forgery): AdversaryDefinition {
  return defineAdversary<Memory>({
    name,
    about,
    roles: ['worker'],
    tap: readsHonest ? 'allHonest' : 'own',
    overhears: readsHonest ? ['UpdateSubmitted'] : [],
    copies: 1,
    reads: readsHonest ? { ...reads, patience: 1_000_000 } : reads,
    start: ({ options, honest, liars }) => ({
      attack: attack(options),
      patienceUs: options.patience ?? 0,
      honest: readsHonest ? honest : [],
      liars: liars.length,
      training: null,
      trained: null,
      isForging: false,
      overheard: { round: 0, updates: [] },
    }),
    speak(memory, command) {
      const training = trainingOf(command);
      return training === undefined ? undefined : { memory: { ...memory, training, trained: null, isForging: false } };
    },
    hear(memory, { event }) {
      return isTrained(event, memory.training) ? forgeOrWait({ ...memory, trained: event, isForging: false }) : undefined;
    },
    notice(memory, event) {
      if (event.type === 'overheard') return noteOverheard(memory, event);
      if (event.type === patienceTimer) return isWaiting(memory) ? forge(memory) : {};
      return finish(memory, event);
    },
  });
}

function honestOfRound({ training, overheard }: Memory): readonly { worker: NodeId; update: BlobRef }[] {
  return overheard.round === training?.round ? overheard.updates : [];
}

/** Whether it has an update to exchange, and has not begun to. */
function isWaiting({ trained, isForging }: Memory): boolean {
  return trained !== null && !isForging;
}

function forgeOrWait(memory: Memory): Turn<Memory> {
  if (honestOfRound(memory).length >= memory.honest.length) return { ...forge(memory), give: [] };
  const patience: AdversaryCommand = { type: 'arm', id: patienceTimer, delayUs: memory.patienceUs, event: patienceTimer };
  return { memory, give: [], say: [patience] };
}

function keyOf({ round }: Training): string {
  return `${ownPrefix}round-${round}`;
}

function forge(memory: Memory): Turn<Memory> {
  const training = memory.training!;
  const { round, model, seed, worker } = training;
  const honest = inIdOrder(honestOfRound(memory).map((one) => one.worker))
    .map((node) => honestOfRound(memory).find((one) => one.worker === node)!.update);
  const input = {
    model, seed, worker, round, honest,
    attack: memory.attack,
    own: updateOf(memory.trained!),
    workers: memory.honest.length + memory.liars,
    liars: memory.liars,
  };
  const task: AdversaryCommand = { type: 'compute', task: forgeTask, key: keyOf(training), input: input as unknown as Value };
  const say: AdversaryCommand[] = memory.honest.length === 0 ? [task] : [task, { type: 'cancel', id: patienceTimer }];
  return { memory: { ...memory, isForging: true }, say };
}

function noteOverheard(memory: Memory, event: InputEvent): Turn<Memory> {
  const from = event['from'] as NodeId;
  const { round, update } = event['message'] as Message & { readonly round: number; readonly update: BlobRef };
  const known = memory.overheard;
  if (!memory.honest.includes(from) || round < known.round) return {};
  const earlier = round === known.round ? known.updates : [];
  if (earlier.some(({ worker }) => worker === from)) return {};
  const next: Memory = { ...memory, overheard: { round, updates: [...earlier, { worker: from, update }] } };
  // The last one that it had waited for; later ones can only be repetitions.
  const isComplete = isWaiting(next) && honestOfRound(next).length === memory.honest.length;
  return isComplete ? forge(next) : { memory: next };
}

/** The forged update is there, or could not be made: then the worker learns its own. */
function finish(memory: Memory, event: InputEvent): Turn<Memory> {
  const { trained, training } = memory;
  if (trained === null || training === null || event['key'] !== keyOf(training)) return {};
  const next = { ...memory, trained: null, isForging: false };
  if (event.type !== 'computed') return { memory: next, give: [{ copy: 0, event: trained }] };
  return {
    memory: next,
    give: [{ copy: 0, event: withUpdate(trained, updateOf(event)) }],
    say: [{ type: 'act', what: 'sent a forged update' }],
  };
}
