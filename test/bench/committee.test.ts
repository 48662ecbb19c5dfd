/** The figures of the committee are read from observations as they say; runs by hand, with known answers. */
import { describe, expect, test } from 'vitest';
import { commitDelays } from '../../bench/committee/commit-delays.ts';
import { failOver } from '../../bench/committee/fail-over.ts';
import { trafficOf } from '../../bench/committee/traffic.ts';
import type { ValueMap } from '../../src/kernel/codec.ts';
import { makeNodeId } from '../../src/kernel/ids.ts';
import type { Observation } from '../../src/kernel/properties.ts';

function observed(at: number, member: number, kind: string, data: ValueMap): Observation {
  return { sequence: at, at, node: makeNodeId('aggregator', member), role: 'aggregator', honest: true, kind, data };
}

const counted = (at: number, worker: string, update: string) => observed(at, 0, 'update-counted', { round: 1, worker, update });
const proposed = (at: number, updates: readonly { worker: string; update: string }[], round = 1) =>
  observed(at, 0, 'round-proposed', { round, updates });
const closed = (at: number, member: number, round = 1) => observed(at, member, 'round-closed', { round });

describe('a commit', () => {
  const updates = [{ worker: 'worker-00', update: 'a' }, { worker: 'worker-01', update: 'b' }];
  const begun = [counted(10, 'worker-00', 'a'), counted(20, 'worker-01', 'b'), counted(25, 'worker-02', 'c'), proposed(40, updates)];

  test('lasts from the last update that is in it to the last member that knows of it', () => {
    expect(commitDelays([...begun, closed(60, 1), closed(90, 0)], 2)).toEqual([70]);
  });

  test('that the end of the run cuts short is left out, an earlier one is not', () => {
    expect(commitDelays([...begun, closed(60, 1)], 2)).toEqual([]);
    const next = [...begun, closed(60, 1), proposed(80, [], 2)];
    expect(() => commitDelays(next, 2)).toThrow('round 1 was closed by 1 of 2 members');
  });

  test('of updates that nobody counted is refused', () => {
    expect(() => commitDelays([proposed(40, updates), closed(60, 0)], 1)).toThrow('names 2 updates, and 0 were counted');
  });
});

describe('a fail-over', () => {
  const before = [observed(5, 2, 'leader-elected', {}), closed(30, 2)];
  const killed = observed(40, 2, 'world-killed', {});

  test('lasts from the kill to the next leader, and to a round that nobody knew to be closed', () => {
    const after = [closed(45, 1), observed(100, 1, 'leader-elected', {}), closed(130, 1, 2)];
    expect(failOver([...before, killed, ...after])).toEqual({ electedUs: 60, closedUs: 90 });
  });

  test('of somebody who did not lead is refused', () => {
    expect(() => failOver([...before, { ...killed, node: makeNodeId('aggregator', 0) }])).toThrow('was killed while aggregator-02 led');
  });
});

test('bytes a round leave out joining and presence, and the model to workers stands apart', () => {
  const bytesByKind = { UpdateSubmitted: 880, PartOffered: 160, RoundOpened: 820, JoinAccepted: 5_000, PresenceAnnounced: 70 };
  const { share, modelShare, kinds } = trafficOf(bytesByKind, { rounds: 2, updates: 8, updateBytes: 100 });
  expect(share).toBeCloseTo(1.3, 12);
  expect(modelShare).toBeCloseTo(1.025, 12);
  expect(kinds.map(({ kind, bytesPerRound }) => [kind, bytesPerRound])).toEqual([['UpdateSubmitted', 440], ['PartOffered', 80]]);
});
