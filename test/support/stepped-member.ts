/**
 * aggregator-00 as one of three, stepped by hand: as a follower of aggregator-01, or as the leader.
 *
 * Of six workers it serves the first four while all three serve; it is the witness of the other two.
 */
import { present } from '../../src/kernel/assert.ts';
import type { Message } from '../../src/kernel/contract.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import type { Decree } from '../../src/protocols/round-commit/decrees.ts';
import type { Evidence } from '../../src/protocols/round-commit/messages.ts';
import { configurationWith, emptyDisk } from '../actors/configurations.ts';
import { SteppedAggregator } from './stepped-aggregator.ts';
import { blobNamed } from './stepped-actor.ts';

export const workers = ['worker-00', 'worker-01', 'worker-02', 'worker-03', 'worker-04', 'worker-05'];
export const own = workers.slice(0, 4);
export const members = ['aggregator-00', 'aggregator-01', 'aggregator-02'];

export const update = (round: number, digit = 'a', samples = 200): Message =>
  ({ kind: 'UpdateSubmitted', round, update: blobNamed(digit), samples });
export const modelNamed = (digit: string) => ({ digest: digit.repeat(64), bytes: 64 });

const beginning: readonly Decree[] = [
  { kind: 'termBegun' },
  { kind: 'trainingBegun', model: modelNamed('0') },
  { kind: 'workersAdmitted', workers, among: workers.length },
];
/** Where the log goes on after it. */
export const indexOfFirstRound = beginning.length + 1;

type Frame = {
  readonly sequence: number;
  readonly previousIndex: number;
  readonly decrees?: readonly Decree[];
  readonly evidence?: Evidence;
  readonly commitIndex?: number;
  readonly version?: number;
  readonly serving?: readonly NodeId[];
  readonly term?: number;
};

/** A frame of the leader, whose entries follow on the previous index. */
export function appended(frame: Frame): Message {
  const { sequence, previousIndex, decrees = [], evidence, commitIndex = 0, version = 1, serving = members, term = 1 } = frame;
  const entries = decrees.map((decree, place) => ({ index: previousIndex + 1 + place, term, decree }));
  return {
    kind: 'EntriesAppended', term, sequence, previousIndex, previousTerm: previousIndex === 0 ? 0 : 1, entries,
    evidence: evidence === undefined ? [] : [{ index: previousIndex + 1, evidence }],
    commitIndex, bulletin: { version, serving }, crashVector: [0, 0, 0],
  } as unknown as Message;
}

export const joined = (sections = {}, incarnation = 0): SteppedAggregator =>
  new SteppedAggregator(configurationWith(sections, workers.length), incarnation).tell(emptyDisk);

/** Confirms that its own workers hold their shares. */
function confirmed(actor: SteppedAggregator): SteppedAggregator {
  actor.finish('cut-shard', () => ({ shard: null, samples: 200 }));
  for (const worker of own) actor.hear(worker, { kind: 'JoinConfirmed', attempt: 0 });
  return actor;
}

/** A follower whose first round is open; `member` has read its disk and heard nothing yet. */
export function following(sections = {}, member = joined(sections)): SteppedAggregator {
  const actor = member.hear('aggregator-01', appended({ sequence: 1, previousIndex: 0, decrees: beginning })).save();
  actor.finish('first-weights', () => ({ weights: blobNamed('0') })).save();
  return confirmed(actor.hear('aggregator-01', appended({ sequence: 2, previousIndex: 3, commitIndex: 3 })));
}

/** All of its own workers have answered, and their sum is made. */
export function offering(actor: SteppedAggregator): SteppedAggregator {
  for (const worker of own) actor.hear(worker, update(1));
  return summed(actor, own);
}

export function summed(actor: SteppedAggregator, counted: readonly NodeId[], fingerprint = 7): SteppedAggregator {
  const samples = 200 * counted.length;
  return actor.finish('sum-updates', () => ({ sum: blobNamed('5'), samples, fingerprint, counted, refused: [] }));
}

/** Elects it in a term. */
export function elected(actor: SteppedAggregator, term = 1): SteppedAggregator {
  actor.fire('electionWait');
  const { attempt } = present(actor.sent[0], 'a question before an election').message as unknown as { attempt: number };
  actor.hear('aggregator-01', { kind: 'PreVoteAnswered', term, attempt, currentTerm: term - 1, granted: true }).save();
  return actor.hear('aggregator-02', { kind: 'VoteAnswered', term, granted: true, crashVector: [0, 0, 0] }).save();
}

/** What another member answers when it has everything up to an index on disk. */
export const answered = (sequence: number, index: number, term = 1): Message =>
  ({ kind: 'EntriesAnswered', term, sequence, accepted: true, index, crashVector: [0, 0, 0] });

/** A leader whose first round is open. */
export function leading(sections = {}): SteppedAggregator {
  const actor = elected(joined(sections)).hear('aggregator-02', answered(1, 1));
  actor.hear('client-00', { kind: 'TrainingRequested', attempt: 1 }).finish('first-weights', () => ({ weights: blobNamed('0') })).save();
  actor.hear('aggregator-02', answered(2, 2));
  for (const worker of workers) actor.hear(worker, { kind: 'JoinRequested', attempt: 1, holding: null });
  return confirmed(actor.save().hear('aggregator-02', answered(3, 3)));
}
