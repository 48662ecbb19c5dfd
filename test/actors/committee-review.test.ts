/** What a review found once: stories of whole trainings in which a member, or the committee, got stuck. */
import { describe, expect, it } from 'vitest';
import { at, expectOneModelARound, expectPassing, fault, inRound, nodes, theLeader } from '../support/training-stories.ts';
import { wideArea } from '../support/simulate.ts';

const slowDisk = { ...wideArea, disk: { ...wideArea.disk, saveUs: 100_000 } };

describe.each([1, 2, 5, 6])('with seed %d', (seed) => {
  it('a member whose last write was torn goes on at once, although two others are dead for good', () => {
    const run = expectPassing({
      seed, weather: slowDisk, sections: { training: { rounds: 10 } },
      faults: [
        fault({ kind: 'time', atUs: 0 }, { kind: 'disk', who: nodes('aggregator', 5), disk: { tornWrites: true } }, 'torn'),
        fault(inRound(3), { kind: 'kill', who: nodes('aggregator', 2) }, 'first'),
        fault(at('round-proposed', { round: 6 }, 190_000), { kind: 'kill', who: nodes('aggregator', 1, 2), restartAfterUs: 1_000_000 }),
      ],
    });
    expectOneModelARound(run, 10);
    expect(run.of('member-restored').filter(({ data }) => data['returning'] === true)).toEqual([]);
  });
});

describe.each([1, 2])('with seed %d, around a disk', (seed) => {
  it.each([{ full: true }, { stall: true }])('a leader that can save nothing (%o) leaves the lead to others', (disk) => {
    const run = expectPassing({
      seed, faults: [fault(inRound(3), { kind: 'disk', who: theLeader, disk })],
      phrases: ['training finished', 'a leader stepped down', 'a leader was elected again'],
    });
    expect(run.of('leader-stepped-down').map(({ data }) => data['reason'])).toContain('diskStuck');
  });
});

it('a member that missed many rounds of many workers catches up with frames that fit', () => {
  const run = expectPassing({
    counts: { bootstrap: 1, aggregator: 5, worker: 100, client: 1 },
    sections: { training: { rounds: 20 }, committee: { checkpointEvery: 1_000 } },
    faults: [fault(inRound(2), { kind: 'kill', who: nodes('aggregator', 1, 4), restartAfterUs: 4_000_000 })],
  });
  expect(run.rejected).not.toHaveProperty('tooLarge');
  const caughtUp = run.of('round-closed').filter(({ node }) => node === 'aggregator-04').map(({ data }) => data['round']);
  expect(caughtUp).toContain(18);
});
