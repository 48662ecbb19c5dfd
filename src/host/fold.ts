/**
 * Folds a journal offline: the same inputs must give the same commands and snapshots, bit for bit.
 *
 * This is what "runs identically" means, and it is how a live journal is checked at home.
 */
import type { RoleDefinition } from '../actors/define.ts';
import { encode } from '../kernel/codec.ts';
import type { Value, ValueMap } from '../kernel/codec.ts';
import type { Input } from '../kernel/contract.ts';
import { assert } from '../kernel/assert.ts';
import { persistSnapshot, startStep, step } from './step.ts';
import type { Snapshot, StepCommand } from './step.ts';

/** One incarnation of one node, as a journal holds it. */
export interface Incarnation {
  readonly node: string;
  readonly incarnation: number;
  readonly config: ValueMap;
  /** The first input is `start`. */
  readonly inputs: readonly Input[];
}

export interface FoldedStep {
  readonly commands: readonly StepCommand[];
  /** Canonical bytes of the snapshot after the step. */
  readonly snapshot: Uint8Array;
}

/** Steps a fresh actor through the inputs of one incarnation. */
export function* foldIncarnation(role: RoleDefinition, journal: Incarnation): Generator<FoldedStep> {
  let snapshot: Snapshot | undefined;
  for (const input of journal.inputs) {
    const { at, mono, dice } = input;
    if (snapshot === undefined) {
      assert(input.event.type === 'start', `the journal of ${journal.node} does not open with a start`);
      const start = { self: journal.node, incarnation: journal.incarnation, config: journal.config, at, mono, dice };
      const result = startStep(role, start);
      snapshot = result.snapshot;
      yield { commands: result.commands, snapshot: encode(persistSnapshot(role, snapshot)) };
    } else {
      const result = step(role, journal.node, snapshot, input);
      snapshot = result.snapshot;
      yield { commands: result.commands, snapshot: encode(persistSnapshot(role, snapshot)) };
    }
  }
}

/** Commands as canonical bytes, for comparison. */
export function encodeCommands(commands: readonly StepCommand[]): Uint8Array {
  return encode(commands as unknown as Value);
}
