/**
 * The gate between what a leader sent and what a member keeps: an entry that names a model is saved
 * and acknowledged only after the application has recomputed that model. All others pass at once, in
 * order.
 */
import type { BlobRef } from '../../kernel/blobs.ts';
import type { Micros } from '../../kernel/time.ts';
import { advanceCommit } from './commitment.ts';
import { namesModel } from './decrees.ts';
import { storeEntry } from './disk-records.ts';
import type { HeldEntry, Outcome, RoundCommitState } from './member.ts';
import { firstUnverified } from './rules.ts';
import { change, note, turnOf } from './turn.ts';
import type { Turn } from './turn.ts';

/** The entry that the application should recompute next; undefined when there is none. */
export function toVerify(state: RoundCommitState): HeldEntry | undefined {
  const entry = firstUnverified(state);
  return entry === undefined || entry.disputed ? undefined : entry;
}

/**
 * The application recomputed an entry and holds `model`, which is what the entry names. An entry that
 * was replaced in the meantime is left as it is.
 */
export function verify(
  state: RoundCommitState,
  index: number,
  term: number,
  model: BlobRef | null,
  _nowUs: Micros,
): Outcome {
  return turnOf(state, (turn) => {
    const entry = toVerify(state);
    if (entry === undefined || entry.index !== index || entry.term !== term) return;
    accept(turn, { ...entry, verified: true, model });
    acceptPlain(turn);
    advanceCommit(turn);
  });
}

/** The application found another model than the entry names, or none: the entry is never kept here. */
export function dispute(state: RoundCommitState, index: number, term: number, reason: string): Outcome {
  return turnOf(state, (turn) => {
    const entry = state.log.find((held) => held.index === index && held.term === term);
    if (entry === undefined || entry.verified || entry.disputed) return;
    replace(turn, { ...entry, disputed: true });
    const round = 'round' in entry.decree ? entry.decree.round : 0;
    note(turn, 'result-disputed', { index, term, round, leader: state.leader ?? '', reason });
  });
}

/**
 * The application lacks what it would recompute an entry from, and the entry is decided: it is forgotten with
 * all behind it, as if its frame had been lost, for nothing was promised of it. The leader notices, and
 * sends what is decided with the model itself.
 */
export function forgetUnverified(state: RoundCommitState): Outcome {
  return turnOf(state, (turn) => {
    const entry = firstUnverified(state);
    if (entry === undefined || entry.disputed || entry.index > state.knownCommitted || state.standing === 'leader') return;
    const agreedIndex = Math.min(state.agreedIndex, entry.index - 1);
    change(turn, { log: state.log.filter(({ index }) => index < entry.index), agreedIndex });
  });
}

/** Accepts entries that name no model, from the first that waits. */
export function acceptPlain(turn: Turn): void {
  for (;;) {
    const entry = firstUnverified(turn.state);
    if (entry === undefined || namesModel(entry.decree)) return;
    accept(turn, { ...entry, verified: true });
  }
}

function accept(turn: Turn, entry: HeldEntry): void {
  replace(turn, entry);
  storeEntry(turn, entry);
}

function replace(turn: Turn, entry: HeldEntry): void {
  change(turn, { log: turn.state.log.map((held) => (held.index === entry.index ? entry : held)) });
}
