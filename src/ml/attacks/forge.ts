/**
 * Makes the update that a liar sends, of what it is told and what it knows.
 *
 * A liar that wants to be counted stays within what a merge accepts, so all but the attack that is about
 * that are clamped. What is missing for an attack is `TaskRefused`, in words.
 */
import { childKey, numberedKey, seedKey } from '../../kernel/draws.ts';
import { TaskRefused } from '../../kernel/tasks.ts';
import { coordinateMax, requireMergeable } from '../merging/merge.ts';
import { streamOf } from '../streams.ts';
import type { Stream } from '../streams.ts';
import type { Attack } from './attack.ts';
import { gaussian } from './gaussian.ts';
import { innerProductManipulation } from './inner-product-manipulation.ts';
import { largestHiddenZ, littleIsEnough } from './little-is-enough.ts';
import { nonFinite } from './non-finite.ts';
import { scaling, signFlip } from './own-update.ts';

/** What a liar knows. */
export interface Knowledge {
  readonly dimensions: number;
  /** The update that it would send if it were honest; null when it did not train. */
  readonly own: Float32Array | null;
  /** Honest updates in id order, as many as it sees. */
  readonly honest: readonly Float32Array[];
  /** n: all workers of the round, liars included. */
  readonly workers: number;
  /** f: how many of them lie. */
  readonly liars: number;
  readonly seed: number;
  readonly worker: string;
  readonly round: number;
}

/** The largest float32 number below coordinateMax: float32 numbers from 32 on are 2^-18 apart. */
const largestCoordinate = coordinateMax - 1 / 262_144;

/** The update that is sent: one number for each of the dimensions. Throws `TaskRefused` or `UpdateRefused`. */
export function forgeUpdate(attack: Attack, knowledge: Knowledge): Float32Array {
  if (attack.name === 'non-finite') return nonFinite(ownOf(attack, knowledge), attack.share, streamFor(attack, knowledge));
  return clamped(lieOf(attack, knowledge));
}

function lieOf(attack: Exclude<Attack, { name: 'non-finite' }>, knowledge: Knowledge): Float32Array {
  switch (attack.name) {
    case 'sign-flip':
      return signFlip(ownOf(attack, knowledge), attack.factor);
    case 'scaling':
      return scaling(ownOf(attack, knowledge), attack.factor);
    case 'gaussian':
      return gaussian(knowledge.dimensions, attack.mean, attack.deviation, streamFor(attack, knowledge));
    case 'zero':
      // The free rider of Y. Fraboni, R. Vidal, M. Lorenzi, "Free-rider Attacks on Model Aggregation", AISTATS 2021.
      return new Float32Array(knowledge.dimensions);
    case 'ipm':
      return innerProductManipulation(honestOf(attack, knowledge, 1), attack.tau);
    case 'alie':
      return littleIsEnough(honestOf(attack, knowledge, 2), attack.z ?? hiddenZOf(knowledge));
  }
}

function ownOf(attack: Attack, { own, worker }: Knowledge): Float32Array {
  if (own === null) throw new TaskRefused(`${attack.name} needs the own update of ${worker}, and there is none`);
  requireMergeable({ worker, delta: own });
  return own;
}

function honestOf(attack: Attack, { honest }: Knowledge, least: number): readonly Float32Array[] {
  if (honest.length < least) {
    throw new TaskRefused(`${attack.name} needs honest updates, ${least} at least, and knows ${honest.length}`);
  }
  for (const [place, delta] of honest.entries()) requireMergeable({ worker: `honest worker ${place + 1}`, delta });
  return honest;
}

function hiddenZOf({ workers, liars }: Knowledge): number {
  const z = largestHiddenZ(workers, liars);
  if (z === undefined) throw new TaskRefused(`alie: no z hides ${liars} liars among ${workers} workers; name one`);
  return z;
}

/** Chance that belongs to this liar, round and attack. */
function streamFor({ name }: Attack, { seed, worker, round }: Knowledge): Stream {
  return streamOf(numberedKey(childKey(childKey(childKey(seedKey(seed, 0), 'forge'), name), worker), round));
}

function clamped(update: Float32Array): Float32Array {
  return update.map((coordinate) => Math.min(Math.max(coordinate, -largestCoordinate), largestCoordinate));
}
