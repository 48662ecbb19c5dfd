import { describe, expect, it } from 'vitest';
import { isAtLeastAsAdvanced, majorityOf, survives } from '../../../src/protocols/round-commit/rules.ts';
import { firstMember } from '../../../src/protocols/round-commit/start.ts';
import { committeeOf } from '../../support/committee-world.ts';

describe('arithmetic of a committee', () => {
  it.each([[1, 1, 0], [2, 2, 0], [3, 2, 1], [4, 3, 1], [5, 3, 2], [7, 4, 3], [15, 8, 7]])(
    'of %i members %i are a majority, and %i may fail',
    (count, majority, failures) => {
      expect([majorityOf(count), survives(count)]).toEqual([majority, failures]);
    },
  );

  it('any two majorities share a member, and the members that may fail are none', () => {
    for (let count = 1; count <= 15; count += 1) {
      expect(2 * majorityOf(count)).toBeGreaterThan(count);
      expect(survives(count) + majorityOf(count)).toBe(count);
    }
  });

  it('a log is measured by its last term, and by its length where that is equal', () => {
    const at = (lastTerm: number, lastIndex: number) => ({ lastTerm, lastIndex });
    expect(isAtLeastAsAdvanced(at(3, 1), at(2, 9))).toBe(true);
    expect(isAtLeastAsAdvanced(at(2, 9), at(3, 1))).toBe(false);
    expect(isAtLeastAsAdvanced(at(2, 9), at(2, 9))).toBe(true);
    expect(isAtLeastAsAdvanced(at(2, 8), at(2, 9))).toBe(false);
  });
});

describe('a member at the beginning', () => {
  it('knows the committee in id order, and follows nobody', () => {
    const shuffled = ['aggregator-02', 'aggregator-00', 'aggregator-01'];
    const member = firstMember('aggregator-01', shuffled, 0);
    expect(member).toMatchObject({ members: committeeOf(3), quorum: 2, standing: 'follower', leader: null, term: 0, commitIndex: 0 });
    expect(member.followers.map(({ node }) => node)).toEqual(['aggregator-00', 'aggregator-02']);
  });

  it('must be a member', () => {
    expect(() => firstMember('aggregator-07', committeeOf(3), 0)).toThrow('no member');
  });
});
