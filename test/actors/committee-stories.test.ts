/**
 * What chaos found once: each story is a fault of the committee that is mended, told step by step.
 *
 * aggregator-00 is one of three here (test/support/stepped-member.ts).
 */
import { describe, expect, it } from 'vitest';
import { combineFingerprints } from '../../src/ml/merging/fingerprint.ts';
import type { VoteRecord } from '../../src/protocols/round-commit/disk-records.ts';
import type { Evidence } from '../../src/protocols/round-commit/messages.ts';
import { workersOf } from '../../src/protocols/work-sharing/rules.ts';
import { blobNamed } from '../support/stepped-actor.ts';
import { SteppedAggregator } from '../support/stepped-aggregator.ts';
import { configurationWith } from './configurations.ts';
import { appended, following, indexOfFirstRound, modelNamed, offering, own, workers } from '../support/stepped-member.ts';

const decided = indexOfFirstRound - 1;

describe('a list of serving members', () => {
  /** Entered term 2 with a vote for aggregator-02, after it heard the first list of aggregator-01. */
  const voter = () =>
    following().hear('aggregator-02', { kind: 'VoteRequested', term: 2, lastIndex: decided, lastTerm: 1, crashVector: [0, 0, 0] }).save();

  it('of a new leader is taken even if an old one gave another list the same version', () => {
    // rolling-restarts, seed 2: aggregator-00 led next without having heard the last list of its
    // predecessor, and gave its own first list the same version. The others took it for the list that
    // they knew, nobody served the workers of the dead leader, and rounds closed as complete without them.
    const serving = ['aggregator-00', 'aggregator-02'];
    const orphans = workersOf('aggregator-00', workers, serving).filter((worker) => !own.includes(worker));
    expect(orphans).not.toEqual([]);
    const actor = voter().hear('aggregator-02', appended({ sequence: 1, term: 2, previousIndex: decided, version: 1, serving }));
    const taken = actor.commands.find((command) => command.type === 'record' && command.kind === 'workers-taken-over');
    expect(taken).toMatchObject({ data: { workers: orphans } });
  });

  it('moves nobody when a new leader lets the same members serve', () => {
    const actor = voter().hear('aggregator-02', appended({ sequence: 1, term: 2, previousIndex: decided, version: 1 }));
    expect([actor.recorded, actor.began]).toEqual([[], []]);
  });
});

describe('a member that restarted within a round', () => {
  /** Round 1 is open in its second life, and its part, of fingerprint 7, is offered. */
  function inSecondLife(): SteppedAggregator {
    const vote: VoteRecord = { sequence: 1, term: 1, votedFor: null, returning: false, mustReach: null, crashVector: [0, 0, 0] };
    const restarted = new SteppedAggregator(configurationWith({}, workers.length), 1);
    return offering(following({}, restarted.tell({ type: 'restored', records: { 'vote-odd': vote }, damaged: [] })));
  }

  /** The leader proposes round 1 from a part of aggregator-00 that it got in one of its lives. */
  function proposed(actor: SteppedAggregator, life: number): SteppedAggregator {
    const fingerprint = 9;
    const evidence: Evidence = {
      kind: 'sums', total: blobNamed('6'), samples: 600, parts: [{ member: 'aggregator-00', life, samples: 600, fingerprint }], counted: [],
    };
    const decrees = [{ kind: 'roundClosed', round: 1, model: modelNamed('1'), attendance: 3, admitted: 6 }] as const;
    actor.hear('aggregator-01', appended({ sequence: 3, previousIndex: decided, commitIndex: decided, decrees, evidence }));
    return actor.finish('apply-sum', () => ({ weights: blobNamed('1'), fingerprint: combineFingerprints([fingerprint]) })).save();
  }

  it('vouches for a model that holds its part of the life before', () => {
    // Chaos: the leader had the part of the first life and proposed it when the second had offered
    // another one; the member disputed it, kept no entry any more, and with two others dead no round closed.
    const actor = proposed(inSecondLife(), 0);
    expect(actor.recorded).toContain('entry-stored');
    expect(actor.recorded).not.toContain('result-disputed');
  });

  it('still disputes a part of this life that it did not offer', () => {
    const actor = proposed(inSecondLife(), 1);
    expect(actor.recorded).toContain('result-disputed');
    expect(actor.recorded).not.toContain('entry-stored');
  });
});
