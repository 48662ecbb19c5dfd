/**
 * The treaty under an explorer: the ring's roles, unchanged, in every order of deliveries, losses and
 * time-outs within small budgets. The exact counts of states are the net that catches a change of
 * behaviour; whoever changes the ring on purpose counts anew.
 */
import { describe, expect, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { ringMember } from '../../examples/ring/ring.ts';
import { defineRole } from '../../src/actors/define.ts';
import type { Snapshot } from '../../src/host/step.ts';
import { explore } from '../support/explorer.ts';
import { ringNodes } from './ring.ts';

const oneToken = { tokens: 1, laps: 1, repeatAfterUs: 1_000 };
const lossAndRepeats = { losses: 1, duplications: 0, firings: 2 };

describe('every order of a small ring', () => {
  it.each([
    // Without losses and repeats only the order of restorations and deliveries is open.
    { nodes: 2, budgets: { losses: 0, duplications: 0, firings: 0 }, uniqueStates: 16, transitions: 26, depth: 6, concluded: 4 },
    { nodes: 2, budgets: lossAndRepeats, uniqueStates: 536, transitions: 2_030, depth: 12, concluded: 206 },
    { nodes: 3, budgets: lossAndRepeats, uniqueStates: 5_340, transitions: 26_144, depth: 15, concluded: 1_836 },
    { nodes: 2, budgets: { ...lossAndRepeats, duplications: 1 }, uniqueStates: 2_128, transitions: 10_956, depth: 13, concluded: 928 },
  ])('of $nodes nodes with budgets $budgets takes each hop once', ({ nodes, budgets, ...counts }) => {
    expect(explore(ringNodes({ nodes, ...oneToken }), budgets)).toEqual(counts);
  });

  it('holds with two tokens that overtake each other', () => {
    const exploration = explore(ringNodes({ nodes: 2, ...oneToken, tokens: 2 }), lossAndRepeats);
    expect(exploration).toEqual({ uniqueStates: 3_334, transitions: 13_605, depth: 16, concluded: 576 });
  });
});

describe('a planted bug', () => {
  /** The honest chart, whose memory of the turn that it took last is wiped before each input. */
  const forgetful = Object.create(ringMember.machine, {
    transition: {
      value: (snapshot: Snapshot, ...rest: [never, never]) => {
        const wiped = { ...snapshot, context: { ...snapshot.context, taken: 0 } };
        return ringMember.machine.transition(wiped as Snapshot, ...rest);
      },
    },
  }) as AnyStateMachine;
  const forgetfulMember = defineRole({ ...ringMember, machine: forgetful });

  it('is found by the shortest path to it: one repeat, and both frames delivered', () => {
    const { violation } = explore(ringNodes({ nodes: 2, ...oneToken }, forgetfulMember), lossAndRepeats);
    expect(violation).toEqual({
      property: 'a token takes each hop once',
      because: 'token 0 took hop 1 where hop 2 was due',
      path: [
        'ring-starter-00 restored',
        'ring-starter-00>ring-member-00 TokenPassed delivered',
        'ring-starter-00 fired xstate.after.repeatAfter.ring-starter.passing',
        'ring-starter-00>ring-member-00 TokenPassed delivered',
      ],
    });
  });

  it('is not found where no frame is ever repeated', () => {
    const budgets = { ...lossAndRepeats, firings: 0 };
    expect(explore(ringNodes({ nodes: 2, ...oneToken }, forgetfulMember), budgets).violation).toBeUndefined();
  });
});
