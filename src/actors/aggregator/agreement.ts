/**
 * An aggregator's seat in the committee: what it hears, saves and proposes there, and what it does
 * once something is decided.
 *
 * The protocol itself is protocols/round-commit. Whatever it learned in a step is applied in that
 * step: the ledger moves on, rounds open, checkpoints are taken.
 */
import { receive } from '../../protocols/round-commit/receive.ts';
import { askStandings } from '../../protocols/round-commit/returning.ts';
import { electionTimedOut } from '../../protocols/round-commit/elections.ts';
import { committedAfter } from '../../protocols/round-commit/commitment.ts';
import { saveCheckpoint } from '../../protocols/round-commit/checkpoints.ts';
import { applyEntry, takingPart } from '../../protocols/round-commit/ledger.ts';
import type { HeldEntry, Outcome } from '../../protocols/round-commit/member.ts';
import type { CheckpointState, RoundCommitMessage } from '../../protocols/round-commit/messages.ts';
import { giveUpLead, heartbeatDue, offerEvidence, propose } from '../../protocols/round-commit/replication.ts';
import { isRoundCommitKind } from '../../protocols/round-commit/receive.ts';
import { ownsKey, restoreMember, saveAgain, takeSaved, takeSaveFailed } from '../../protocols/round-commit/storage.ts';
import type { Decree } from '../../protocols/round-commit/decrees.ts';
import type { Evidence } from '../../protocols/round-commit/messages.ts';
import type { BlobRef } from '../../kernel/blobs.ts';
import { record } from '../define.ts';
import { leads } from './context.ts';
import type { AggregatorContext, Step } from './context.ts';
import { adopt, patch, step } from './draft.ts';
import type { Draft } from './draft.ts';
import { openNextRound, redivide } from './dividing.ts';
import { fetchUpdates, letGoOfUpdates } from './exchanging.ts';
import { beginLeading, endLeading, hearMember, leadOn } from './leadership.ts';

/** Takes a step of the protocol and does what follows from it. */
export function settle(draft: Draft, outcome: Outcome): void {
  const before = draft.context;
  adopt(draft, outcome);
  followLeadership(draft, before);
  applyDecided(draft);
  redivide(draft, before);
  openNextRound(draft);
  fetchUpdates(draft);
}

function followLeadership(draft: Draft, before: AggregatorContext): void {
  const { leader, self } = draft.context.agreement;
  if (leader !== null && leader !== self) patch(draft, { ledBy: leader });
  const led = leads(before);
  const now = leads(draft.context);
  const sameTerm = before.agreement.term === draft.context.agreement.term;
  if (led && (!now || !sameTerm)) endLeading(draft);
  if (!now || (led && sameTerm)) return;
  // What this member holds it can give to others, whoever proposed it.
  let { agreement } = draft.context;
  for (const { index, model, evidence } of agreement.log) {
    if (model !== null && evidence === null) agreement = offerEvidence(agreement, index, { kind: 'model', model });
  }
  patch(draft, { agreement });
  beginLeading(draft);
}

/** Applies what is newly decided, in order. */
function applyDecided(draft: Draft): void {
  const { checkpoint } = draft.context.agreement;
  if (checkpoint.index > draft.context.ledger.index) patch(draft, { ledger: checkpoint });
  for (const entry of committedAfter(draft.context.agreement, draft.context.ledger.index)) applyOne(draft, entry);
}

function applyOne(draft: Draft, entry: HeldEntry): void {
  const before = draft.context.ledger;
  const ledger = applyEntry(before, entry);
  patch(draft, { ledger });
  recordDecided(draft, entry, before);
  recordWorkers(draft, before);
  if (ledger.round > before.round) closeRound(draft);
}

function recordDecided({ commands }: Draft, { decree }: HeldEntry, before: CheckpointState): void {
  if (decree.kind !== 'roundClosed' || decree.round !== before.round + 1) return;
  const { round, attendance, admitted, model } = decree;
  commands.push(record('round-closed', { round, attendance, admitted, weights: model.digest }));
}

/** Records who takes part now and did not before, and the other way round. */
function recordWorkers({ commands, context }: Draft, before: CheckpointState): void {
  const { ledger } = context;
  if (ledger.workers === before.workers) return;
  const earlier = new Set(takingPart(before));
  const present = new Set(takingPart(ledger));
  for (const { worker, removed } of ledger.workers) {
    if (present.has(worker) && !earlier.has(worker)) commands.push(record('worker-admitted', { worker }));
    if (earlier.has(worker) && !present.has(worker)) commands.push(record('worker-removed', { worker, reason: removed }));
  }
}

/** A round is decided: take a checkpoint from time to time, and lead on. */
function closeRound(draft: Draft): void {
  letGoOfUpdates(draft);
  const { ledger, agreement, committee } = draft.context;
  if (ledger.round % committee.checkpointEvery === 0 && agreement.savingCheckpoint === null) {
    adopt(draft, saveCheckpoint(agreement, ledger));
  }
  if (leads(draft.context)) leadOn(draft);
}

/** Proposes a decree, while this member leads. */
export function proposeDecree(draft: Draft, decree: Decree, evidence: Evidence | null = null, model: BlobRef | null = null): void {
  settle(draft, propose(draft.context.agreement, decree, evidence, model, draft.nowUs));
}

/** Whether a decree that matches is in the log and not applied yet. */
export function isProposed({ agreement, ledger }: AggregatorContext, matches: (decree: Decree) => boolean): boolean {
  return agreement.log.some(({ index, decree }) => index > ledger.index && matches(decree));
}

// Actions of the chart.

/** Takes the seat again with what the disk kept. */
export const restoreSeat = step((draft, event) => {
  if (event.type !== 'restored') return;
  const { agreement, committee } = draft.context;
  settle(draft, restoreMember(agreement, event.records, event.damaged, committee, draft.nowUs));
});

/** A word of another member. */
export const hearCommittee = step((draft, event) => {
  if (!('from' in event)) return;
  const { agreement, committee } = draft.context;
  hearMember(draft, event.from, event.type);
  settle(draft, receive(agreement, event.from, event.message as RoundCommitMessage, committee, draft.nowUs));
});

export const standForElection = step((draft) => settle(draft, electionTimedOut(draft.context.agreement, draft.nowUs)));
export const askWhereAllStand = step((draft) => settle(draft, askStandings(draft.context.agreement)));

/** How many election time-outs a leader waits for one save, before it leaves the lead to others. */
const saveTimeouts = 2;

/** Whether the oldest save of this leader has been on its way for too long: its disk is full, or hangs. */
function isStuck(draft: Draft): boolean {
  const { agreement, committee, oldestSave } = draft.context;
  const key = agreement.owedSaves[0]?.key ?? null;
  if (key === null || oldestSave?.key !== key) {
    patch(draft, { oldestSave: key === null ? null : { key, sinceUs: draft.nowUs } });
    return false;
  }
  return draft.nowUs - oldestSave.sinceUs > saveTimeouts * committee.electionTimeout;
}

export const beatAsLeader = step((draft) => {
  if (isStuck(draft)) return settle(draft, giveUpLead(draft.context.agreement, 'diskStuck'));
  const { agreement, committee } = draft.context;
  settle(draft, heartbeatDue(agreement, committee, draft.nowUs));
});

export const takeSave = step((draft, event) => {
  if (event.type !== 'saved') return;
  const { agreement, committee } = draft.context;
  settle(draft, takeSaved(agreement, event.key, event.ticket, committee, draft.nowUs));
});

export const noteFailedSave = step((draft, event) => {
  if (event.type !== 'saveFailed') return;
  patch(draft, { failedSaves: draft.context.failedSaves + 1 });
  settle(draft, takeSaveFailed(draft.context.agreement, event.key, event.ticket));
});

export const tryToSaveAgain = step((draft) => settle(draft, saveAgain(draft.context.agreement)));

// What the chart asks.

export const stands = (standing: AggregatorContext['agreement']['standing']) => ({ context }: Step): boolean =>
  context.agreement.standing === standing;

/** Whether a word of the committee makes a follower wait for the leader anew (Figure 2, Followers). */
export const restartsElectionWait = ({ context, event }: Step): boolean => {
  if (!('from' in event) || !isRoundCommitKind(event.type)) return false;
  const { agreement, committee } = context;
  return receive(agreement, event.from, event.message as RoundCommitMessage, committee, event.mono).heard === true;
};

export const isCommitteeSave = ({ event }: Step): boolean =>
  (event.type === 'saved' || event.type === 'saveFailed') && ownsKey(event.key);
