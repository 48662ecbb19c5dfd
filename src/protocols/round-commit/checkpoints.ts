/**
 * Checkpoints: what is decided, up to an entry, in place of the entries (§7).
 *
 * A member writes one of its own from time to time, and takes the leader's when the entries that it
 * lacks are gone there (Figure 13). Its own replaces the log once all of it is on disk. The leader's
 * replaces the log in memory at once, but counts for nothing that this member promises until it is on
 * disk, and the records that it makes obsolete stay until then.
 */
import type { Value } from '../../kernel/codec.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { acknowledge, noteReached } from './acknowledging.ts';
import { chunkRecords, headerKey, headerRecord, slotOf } from './checkpoint-records.ts';
import { advanceCommit } from './commitment.ts';
import { logKey } from './disk-records.ts';
import type { HeldEntry, Outcome, RoundCommitState, SavingCheckpoint } from './member.ts';
import type { CheckpointState } from './messages.ts';
import { acknowledgedIndex, termAt } from './rules.ts';
import { change, note, store, turnOf } from './turn.ts';
import type { Turn } from './turn.ts';

/**
 * Writes a checkpoint of what this member has applied. Nothing happens while another one is on its
 * way, or when this one is not decided here or older than the one at hand.
 */
export function saveCheckpoint(state: RoundCommitState, checkpoint: CheckpointState): Outcome {
  return turnOf(state, (turn) => {
    const { index } = checkpoint;
    if (state.savingCheckpoint !== null || index <= state.checkpoint.index || index > state.commitIndex) return;
    beginSaving(turn, checkpoint, null, keysOf(state.log.filter((entry) => entry.index <= index)));
  });
}

/** Takes the leader's checkpoint in place of what this member has decided (Figure 13, receiver 5 to 8). */
export function installCheckpoint(turn: Turn, checkpoint: CheckpointState, from: NodeId): void {
  const { state } = turn;
  const { index, term } = checkpoint;
  if (index <= state.commitIndex) return;
  // Receiver 6: what follows an entry that the checkpoint ends with is kept; receiver 7: all else goes.
  const kept = termAt(state, index) === term ? state.log.filter((entry) => entry.index > index) : [];
  const obsolete = keysOf(state.log.filter((entry) => entry.index <= index));
  const replaced = state.log.filter((entry) => entry.index > index && kept.length === 0);
  const before = state.savingCheckpoint?.obsolete ?? [];
  change(turn, { checkpoint, log: kept, commitIndex: index });
  for (const key of keysOf(replaced)) store(turn, key, null);
  beginSaving(turn, checkpoint, from, [...new Set([...before, ...obsolete])].sort());
}

/** The records of entries that were saved. */
const keysOf = (entries: readonly HeldEntry[]): readonly string[] =>
  entries.filter(({ verified }) => verified).map(({ index }) => logKey(index));

function beginSaving(turn: Turn, checkpoint: CheckpointState, from: NodeId | null, obsolete: readonly string[]): void {
  const version = turn.state.checkpointVersion + 1;
  const chunks = chunkRecords(checkpoint, version);
  change(turn, {
    savingCheckpoint: { checkpoint, missing: chunks.map(([key]) => key), from, obsolete },
    // A checkpoint that was on its way to this slot is given up.
    owedSaves: turn.state.owedSaves.filter(({ key }) => !key.startsWith(slotOf(version))),
  });
  for (const [key, value] of chunks) store(turn, key, value);
  if (chunks.length === 0) storeHeader(turn, checkpoint);
}

function storeHeader(turn: Turn, checkpoint: CheckpointState): void {
  const version = turn.state.checkpointVersion + 1;
  store(turn, headerKey(version), headerRecord(checkpoint, version));
}

/** A record of a checkpoint is on disk. */
export function takeCheckpointRecord(turn: Turn, key: string): void {
  const saving = turn.state.savingCheckpoint;
  if (saving === null) return;
  if (key === headerKey(turn.state.checkpointVersion + 1)) return finish(turn, saving);
  const missing = saving.missing.filter((other) => other !== key);
  change(turn, { savingCheckpoint: { ...saving, missing } });
  if (missing.length === 0 && saving.missing.length > 0) storeHeader(turn, saving.checkpoint);
}

function finish(turn: Turn, { checkpoint, from, obsolete }: SavingCheckpoint): void {
  const before = acknowledgedIndex(turn.state);
  const { index, round } = checkpoint;
  change(turn, {
    checkpoint,
    log: turn.state.log.filter((entry) => entry.index > index),
    checkpointVersion: turn.state.checkpointVersion + 1,
    savingCheckpoint: null,
  });
  for (const key of obsolete) store(turn, key, null as Value);
  if (from === null) return note(turn, 'checkpoint-saved', { index, round });
  note(turn, 'checkpoint-installed', { index, round, from });
  noteReached(turn);
  advanceCommit(turn);
  acknowledge(turn, before);
}
