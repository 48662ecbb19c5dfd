/**
 * How a member convinces itself of a leader's result: it recomputes the model from the evidence, and
 * only then keeps and acknowledges the entry. Its acknowledgement is its vote for the model's hash.
 *
 * Of a mean it adds the total to the model before. That the total is the sum of the parts follows from
 * their fingerprints (src/ml/merging/fingerprint.ts), of which each member knows its own to be true.
 */
import { present } from '../../kernel/assert.ts';
import type { BlobRef } from '../../kernel/blobs.ts';
import { combineFingerprints } from '../../ml/merging/fingerprint.ts';
import type { ModelName } from '../../protocols/round-commit/decrees.ts';
import type { HeldEntry } from '../../protocols/round-commit/member.ts';
import { dispute, toVerify, verify } from '../../protocols/round-commit/verification.ts';
import { compute, record } from '../define.ts';
import { settle } from './agreement.ts';
import type { AggregatorContext, Step } from './context.ts';
import { patch, step } from './draft.ts';
import { heldUpdates } from './exchanging.ts';
import type { Draft } from './draft.ts';
import { compareClaims } from './witnessing.ts';

export const firstWeightsTask = 'learning/first-weights';
export const applySumTask = 'learning/apply-sum';
export const mergeTask = 'learning/merge';

/** An entry that this member can recompute now. */
function nextEntry(context: AggregatorContext): HeldEntry | undefined {
  const entry = toVerify(context.agreement);
  if (entry?.decree.kind !== 'roundClosed') return entry;
  const { evidence } = entry;
  if (evidence === null) return undefined;
  return evidence.kind === 'updates' && heldUpdates(context, evidence.updates) === undefined ? undefined : entry;
}

export const hasEntryToVerify = ({ context }: Step): boolean => nextEntry(context) !== undefined;

/** The model that an entry builds on, that of the newest entry before it that names one, and the model before that. */
function modelsBefore({ agreement }: AggregatorContext, index: number): { weights: BlobRef | null; before: BlobRef | null } {
  const { checkpoint, log } = agreement;
  const named = log.flatMap((entry) => (entry.index < index && entry.model !== null ? [entry.model] : []));
  const [before = null, weights = null] = [checkpoint.modelBefore, checkpoint.model, ...named].slice(-2);
  return { weights, before };
}

/** Begins to recompute the next entry; one that brings its model only needs to be compared. */
export const beginVerifying = step((draft) => {
  const { context } = draft;
  const entry = nextEntry(context);
  if (entry === undefined) return;
  const { index, term, decree, evidence } = entry;
  const attempts = context.attempts + 1;
  const key = `verify-${index}-${attempts}`;
  patch(draft, { attempts, verifying: { index, term, key } });
  const { model, seed, start } = context.options;
  if (evidence?.kind === 'model') return conclude(draft, evidence.model, null);
  if (decree.kind === 'trainingBegun') return void draft.commands.push(compute(firstWeightsTask, key, { model, seed, start }));
  if (decree.kind !== 'roundClosed' || evidence === null) return;
  const { weights, before } = modelsBefore(context, index);
  compareClaims(draft, decree.round, evidence);
  if (evidence.kind === 'updates') {
    const updates = present(heldUpdates(context, evidence.updates), 'the updates of an entry that is recomputed');
    const input = { model, weights, before, updates, rule: context.options.aggregate };
    return void draft.commands.push(compute(mergeTask, key, input));
  }
  const { total, samples } = evidence;
  draft.commands.push(compute(applySumTask, key, { model, weights, seed, round: decree.round, total, samples }));
});

export const isVerification = ({ context, event }: Step): boolean =>
  (event.type === 'computed' || event.type === 'computeFailed') && event.key === context.verifying?.key;
export const nothingIsVerified = ({ context }: Step): boolean => context.verifying === null;

export const takeVerification = step((draft, event) => {
  if (event.type !== 'computed') return;
  const { weights, fingerprint } = event.result as unknown as { weights: BlobRef; fingerprint?: number };
  conclude(draft, weights, fingerprint ?? null);
});

export const failVerification = step((draft, event) => {
  if (event.type !== 'computeFailed') return;
  const { agreement, verifying } = draft.context;
  patch(draft, { verifying: null });
  draft.commands.push(record('task-failed', { task: event.task, reason: event.reason }));
  if (verifying !== null) settle(draft, dispute(agreement, verifying.index, verifying.term, event.reason));
});

/** The model is known: keep the entry, or say what is wrong with it. */
function conclude(draft: Draft, model: BlobRef, fingerprint: number | null): void {
  const { agreement, verifying } = draft.context;
  patch(draft, { verifying: null });
  const entry = agreement.log.find(({ index, term }) => index === verifying?.index && term === verifying.term);
  if (verifying === null || entry === undefined || entry.verified) return;
  const { index, term, decree } = entry;
  if (decree.kind !== 'roundClosed' && decree.kind !== 'trainingBegun') return;
  const reason = differenceOf(draft.context, decree.model, model) ?? wrongParts(draft.context, entry, fingerprint);
  if (reason === undefined) settle(draft, verify(agreement, index, term, model, draft.nowUs));
  else settle(draft, dispute(agreement, index, term, reason));
}

function differenceOf({ agreement }: AggregatorContext, said: ModelName, found: BlobRef): string | undefined {
  if (said.digest === found.blob && said.bytes === found.bytes) return undefined;
  return `${agreement.leader ?? 'the leader'} says ${said.digest.slice(0, 12)}, and it is ${found.blob.slice(0, 12)}`;
}

/** What is wrong with the parts of a mean; undefined when nothing is. */
function wrongParts({ offers, agreement }: AggregatorContext, entry: HeldEntry, fingerprint: number | null): string | undefined {
  const { decree, evidence } = entry;
  if (evidence?.kind !== 'sums' || decree.kind !== 'roundClosed') return undefined;
  const { parts } = evidence;
  if (combineFingerprints(parts.map((part) => part.fingerprint)) !== fingerprint) return 'the total is not the sum of its parts';
  if (parts.reduce((sum, part) => sum + part.samples, 0) !== evidence.samples) return 'the samples are not those of its parts';
  const own = parts.find(({ member }) => member === agreement.self);
  // A member that restarted has forgotten what it offered before, and vouches for the sum alone.
  const known = offers.filter(({ round }) => round === decree.round);
  if (own === undefined || own.life !== agreement.life || known.length === 0) return undefined;
  const isKnown = known.some(({ samples, fingerprint: offered }) => samples === own.samples && offered === own.fingerprint);
  return isKnown ? undefined : `the part of ${agreement.self} is not one that it offered`;
}
