/**
 * One turn of a member: the state and the commands that an input leads to, in the making.
 *
 * An input often has several consequences that build on each other (an acknowledged save commits an
 * entry, a vote makes a leader), so each part of the protocol takes the turn as the one before left
 * it. States themselves are never changed; the turn holds the newest.
 */
import type { Message } from '../../kernel/contract.ts';
import type { Value, ValueMap } from '../../kernel/codec.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Outcome, RoundCommitCommand, RoundCommitState } from './member.ts';
import type { RoundCommitMessage } from './messages.ts';

export interface Turn {
  state: RoundCommitState;
  readonly commands: RoundCommitCommand[];
  /** See Outcome. */
  heard: boolean;
}

/** What an input leads to: `write` takes the turn. */
export function turnOf(state: RoundCommitState, write: (turn: Turn) => void): Outcome {
  const turn: Turn = { state, commands: [], heard: false };
  write(turn);
  return turn;
}

export function change(turn: Turn, fields: Partial<RoundCommitState>): void {
  turn.state = { ...turn.state, ...fields };
}

export function say(turn: Turn, to: NodeId, message: RoundCommitMessage): void {
  turn.commands.push({ type: 'send', to, message: message as unknown as Message });
}

/** Says something to all other members but `except`. */
export function sayToOthers(turn: Turn, message: RoundCommitMessage, except: NodeId | null = null): void {
  for (const { node } of turn.state.followers) if (node !== except) say(turn, node, message);
}

/** Issues a save and remembers that it is owed; it takes the place of an older one of the same key. */
export function store(turn: Turn, key: string, value: Value): void {
  const saveSequence = turn.state.saveSequence + 1;
  const ticket = String(saveSequence);
  const others = turn.state.owedSaves.filter((owed) => owed.key !== key);
  change(turn, { saveSequence, owedSaves: [...others, { key, value, ticket, failed: false }] });
  turn.commands.push({ type: 'save', key, value, ticket });
}

/** Records an observation. */
export function note(turn: Turn, kind: string, data: ValueMap): void {
  turn.commands.push({ type: 'record', kind, data });
}

/** Refuses what came from outside. */
export function refuse(turn: Turn, reason: string, data: ValueMap): void {
  turn.commands.push({ type: 'reject', reason, data });
}
