/**
 * How a leader makes a round: it collects the parts, adds them up, and proposes the result.
 *
 * It closes a round as soon as nobody is awaited; at the round's time-out it asks for what there is,
 * and closes with a quorum. Nothing here decides anything: the committee does.
 */
import type { BlobRef } from '../../kernel/blobs.ts';
import { present } from '../../kernel/assert.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { combineFingerprints } from '../../ml/merging/fingerprint.ts';
import { refusalOf } from '../../ml/rules/aggregation-rule.ts';
import { takingPart } from '../../protocols/round-commit/ledger.ts';
import type { Evidence, WeightedUpdate } from '../../protocols/round-commit/messages.ts';
import { hasQuorum, partsNow } from '../../protocols/work-sharing/rules.ts';
import { compute, record, reject, send } from '../define.ts';
import { withRow } from '../roster.ts';
import { isProposed, proposeDecree } from './agreement.ts';
import { isOver, leads } from './context.ts';
import type { AggregatorContext, OfferedPart, Step } from './context.ts';
import { patch, step } from './draft.ts';
import { fetchUpdates, heldUpdates } from './exchanging.ts';
import { firstWeightsTask, mergeTask } from './verifying.ts';
import { compareClaims } from './witnessing.ts';

export const mergeSumsTask = 'learning/merge-sums';

// The beginning.

/** Keys of the task that computes the first model begin with this. */
const beginning = 'begin-';

export const computeFirstWeights = step((draft) => {
  const attempts = draft.context.attempts + 1;
  const { model, seed, start } = draft.context.options;
  patch(draft, { attempts });
  draft.commands.push(compute(firstWeightsTask, `${beginning}${attempts}`, { model, seed, start }));
});

export const isFirstWeights = ({ event }: Step): boolean =>
  (event.type === 'computed' || event.type === 'computeFailed') && event.key.startsWith(beginning);

export const proposeBeginning = step((draft, event) => {
  if (event.type !== 'computed') return;
  const { weights } = event.result as unknown as { weights: BlobRef };
  proposeDecree(draft, { kind: 'trainingBegun', model: { digest: weights.blob, bytes: weights.bytes } }, null, weights);
});

/** Whether everything in this leader's log is decided, so that it knows all that was decided before it. */
export const isSettled = ({ context }: Step): boolean => {
  const { agreement, ledger } = context;
  const last = agreement.log.at(-1);
  return last === undefined || (ledger.index >= last.index && last.term === agreement.term);
};

export const hasBegun = ({ context }: Step): boolean => context.ledger.model !== null;
export const isStopped = ({ context }: Step): boolean => context.ledger.stopReason !== null;
export const isFinished = ({ context }: Step): boolean => context.ledger.round >= context.options.rounds;
export const leadsNow = ({ context }: Step): boolean => leads(context);
export const leadsNoMore = ({ context }: Step): boolean => !leads(context);

// Collecting.

/**
 * A member offers its part. What belongs to another term, list or round is of no use; but a member that counted
 * the last round's votes before this leader did may be one round ahead, and offers each part once.
 */
export const takeOffer = step((draft, event) => {
  if (event.type !== 'PartOffered') return;
  const { from, message } = event;
  if (!draft.context.agreement.members.includes(from)) return void draft.commands.push(reject('foreignMember', { from }));
  if (!leads(draft.context)) return;
  const part: OfferedPart = { ...message, node: from };
  const now = timeOf(draft.context);
  const isOfNext = partsNow([part], { ...now, round: now.round + 1 }).length > 0;
  if (!isOfNext && partsNow([part], now).length === 0) draft.commands.push(reject('latePart', { from, round: message.round }));
  else patch(draft, { parts: withRow(draft.context.parts, part) });
  fetchUpdates(draft);
});

const timeOf = ({ agreement, ledger }: AggregatorContext) =>
  ({ term: agreement.term, version: agreement.bulletin.version, round: ledger.round + 1, serving: agreement.bulletin.serving });

const offeredParts = (context: AggregatorContext) => partsNow(context.parts.rows, timeOf(context));

/** Whose updates are in a part, and their digests. */
const updatesIn = ({ counted }: OfferedPart): readonly { readonly worker: NodeId; readonly update: string }[] =>
  counted.map(({ worker, digest }) => ({ worker, update: digest }));

const countedIn = (parts: readonly OfferedPart[]): number => parts.reduce((sum, part) => sum + updatesIn(part).length, 0);

/** Whether the parts that are in close the round among those who take part, and the rule can serve so few. */
function makeQuorum({ ledger, options }: AggregatorContext, parts: readonly OfferedPart[]): boolean {
  const counted = countedIn(parts);
  return hasQuorum(counted, takingPart(ledger).length, options.quorum) && refusalOf(options.aggregate, counted) === undefined;
}

/** The updates of parts, for a rule that is no sum; undefined while one is on its way. */
function updatesOf(context: AggregatorContext, parts: readonly OfferedPart[]): readonly WeightedUpdate[] | undefined {
  return heldUpdates(context, parts.flatMap(({ counted }) => counted));
}

/** Whether these parts can be merged now. */
function canMerge(context: AggregatorContext, parts: readonly OfferedPart[]): boolean {
  return makeQuorum(context, parts) && (context.options.aggregate.name === 'mean' || updatesOf(context, parts) !== undefined);
}

/** Whether every serving member has offered a complete part, and together they are enough. */
export const roundIsComplete = ({ context }: Step): boolean => {
  if (context.ledger.stopReason !== null || context.stopReason !== null) return false;
  const parts = offeredParts(context);
  const { serving } = context.agreement.bulletin;
  return parts.length === serving.length && parts.every(({ complete }) => complete) && canMerge(context, parts);
};

/** Requests after which a round is closed without a member that lives and offers nothing. */
const requestsAwaitedMax = 3;

/** Whether everybody who will has answered the newest request, and together they are enough. */
export const requestIsAnswered = ({ context }: Step): boolean => {
  const parts = offeredParts(context);
  const answered = parts.filter(({ complete, attempt }) => complete || attempt >= context.requests);
  const all = answered.length === context.agreement.bulletin.serving.length;
  return (all || context.requests > requestsAwaitedMax) && canMerge(context, parts);
};

/** The round's time is over: asks for what there is. */
export const requestParts = step((draft) => {
  const { agreement, ledger, openRound, overdue } = draft.context;
  const attempt = draft.context.requests + 1;
  const round = ledger.round + 1;
  const { term, bulletin, self } = agreement;
  // Who takes part only grows fewer for good reasons, so a rule that cannot serve them all will serve no round.
  const refusal = refusalOf(draft.context.options.aggregate, takingPart(ledger).length);
  patch(draft, { requests: attempt, overdue: true, ...(refusal === undefined ? {} : { stopReason: refusal }) });
  const attendance = countedIn(offeredParts(draft.context));
  if (!overdue) draft.commands.push(record('round-overdue', { round, attendance, admitted: takingPart(ledger).length }));
  for (const member of bulletin.serving) {
    if (member === self) patch(draft, { requested: { term, round: openRound, attempt } });
    else draft.commands.push(send(member, { kind: 'PartRequested', term, version: bulletin.version, round, attempt }));
  }
});

// Merging and proposing.

export const merge = step((draft) => {
  const { context } = draft;
  const { options, ledger } = context;
  const parts = offeredParts(context);
  const round = ledger.round + 1;
  const attempts = context.attempts + 1;
  const common = { model: options.model, weights: present(ledger.model, 'the model before a merge') };
  const key = mergeKey(round, attempts);
  patch(draft, { attempts, merging: { key, parts } });
  draft.commands.push(record('round-merging', { round, parts: parts.length }));
  if (options.aggregate.name === 'mean') {
    const sums = parts.flatMap(({ node, sum, samples }) => (sum === null ? [] : [{ member: node, sum, samples }]));
    draft.commands.push(compute(mergeSumsTask, key, { ...common, seed: options.seed, round, parts: sums }));
  } else {
    const updates = present(updatesOf(context, parts), 'the updates of a merge');
    draft.commands.push(compute(mergeTask, key, { ...common, before: ledger.modelBefore, rule: options.aggregate, updates }));
  }
});

const mergeKey = (round: number, attempts: number): string => `round-${round}-${attempts}`;

export const isMerge = ({ context, event }: Step): boolean =>
  (event.type === 'computed' || event.type === 'computeFailed') && event.key === context.merging?.key;

type Merged = { readonly weights: BlobRef; readonly total?: BlobRef; readonly samples?: number; readonly fingerprint?: number };

/** The model is computed: propose it. */
export const proposeRound = step((draft, event) => {
  if (event.type !== 'computed') return;
  const { parts } = present(draft.context.merging, 'what was merged');
  const { weights, ...rest } = event.result as unknown as Merged;
  const round = draft.context.ledger.round + 1;
  const evidence = evidenceOf(parts, rest);
  const updates = parts.flatMap(updatesIn);
  draft.commands.push(record('round-proposed', { round, complete: !draft.context.overdue, updates }));
  const model = { digest: weights.blob, bytes: weights.bytes };
  const admitted = takingPart(draft.context.ledger).length;
  patch(draft, { merging: null });
  compareClaims(draft, round, evidence);
  proposeDecree(draft, { kind: 'roundClosed', round, model, attendance: updates.length, admitted }, evidence, weights);
});

function evidenceOf(parts: readonly OfferedPart[], { total, samples = 0 }: Omit<Merged, 'weights'>): Evidence {
  if (total === undefined) return { kind: 'updates', updates: parts.flatMap(({ counted }) => counted) };
  return {
    kind: 'sums', total, samples,
    parts: parts
      .filter(({ sum }) => sum !== null)
      .map(({ node, life, samples: weight, fingerprint }) => ({ member: node, life, samples: weight, fingerprint })),
    counted: parts.flatMap(({ counted }) => counted),
  };
}

/** Whether the total that was computed is the sum of the parts that were offered. */
export const mergeAddsUp = ({ context, event }: Step): boolean => {
  if (event.type !== 'computed' || context.merging === null || event.key !== context.merging.key) return false;
  const { fingerprint } = event.result as unknown as Merged;
  const parts = context.merging.parts.filter(({ sum }) => sum !== null);
  return fingerprint === undefined || fingerprint === combineFingerprints(parts.map((part) => part.fingerprint));
};

/** Whether the round that was proposed is decided. */
export const nothingIsProposed = ({ context }: Step): boolean =>
  !isProposed(context, ({ kind }) => kind === 'roundClosed' || kind === 'trainingStopped' || kind === 'trainingBegun');

// The end.

export const stopIsAsked = ({ context }: Step): boolean => context.stopReason !== null && !isOver(context);

export const proposeStop = step((draft) => {
  const reason = present(draft.context.stopReason, 'the reason of a stop');
  proposeDecree(draft, { kind: 'trainingStopped', reason });
});
