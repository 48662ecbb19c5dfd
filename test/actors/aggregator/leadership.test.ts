/** Whom a leader lets serve: everybody, but for the leader before it, which fell silent. */
import { describe, expect, it } from 'vitest';
import { at, expectPassing, fault, theLeader } from '../../support/training-stories.ts';

describe.each([1, 2, 3])('a leader, with seed %i', (seed) => {
  it('lets everybody serve when nobody led before', () => {
    expect(expectPassing({ seed }).of('aggregator-suspected')).toEqual([]);
  });

  it('suspects a dead leader as soon as it takes its place, until that one answers', () => {
    const death = fault(at('update-counted', { round: 3 }), { kind: 'kill', who: theLeader, restartAfterUs: 3_000_000 });
    const run = expectPassing({ seed, faults: [death], sections: { training: { rounds: 30 } } });
    const [killed] = run.of('world-killed');
    const successor = run.of('leader-elected').find((elected) => elected.at > killed!.at);
    const [suspected, ...others] = run.of('aggregator-suspected');
    expect(others).toEqual([]);
    expect([suspected!.node, suspected!.at, suspected!.data]).toEqual([successor!.node, successor!.at, { aggregator: killed!.node }]);
    const [returned] = run.of('aggregator-returned');
    expect(returned!.data).toEqual({ aggregator: killed!.node });
    expect(returned!.at).toBeGreaterThan(killed!.at + 3_000_000);
  });
});
