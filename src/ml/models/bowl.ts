/**
 * The surrogate for training: a quadratic bowl, for runs in which only the protocol is under test.
 *
 * loss(w) = mean over i of curvature_i · w_i² / 2, so the common optimum is the origin. The start is
 * keyed by the training seed; each worker pulls towards an optimum of its own near the common one,
 * as workers with different data do. One full-gradient step an epoch, plain arithmetic, no tfjs, no
 * dataset. accuracy = 1 − loss / loss of the start, at least 0.
 */
import { childKey, seedKey } from '../../kernel/draws.ts';
import { between, streamOf } from '../streams.ts';
import type { Stream } from '../streams.ts';

/** Samples that a worker of the bowl claims: equal weights for all. */
export const bowlSamplesPerWorker = 200;

/** Coordinates of the start lie within ±1; those of a worker's optimum within this. */
const disagreement = 0.25;

function bowlStream(seed: number, name: string): Stream {
  return streamOf(childKey(childKey(seedKey(seed, 0), 'bowl'), name));
}

/** Different curvatures that the coordinates have in turn. */
const curvatures = 64;

/** Curvature of a coordinate in [0.25, 1]: directions learn at different speeds, as in a network. */
function curvatureOf(index: number): number {
  return 0.25 + 0.75 * ((index % curvatures) / (curvatures - 1));
}

/** Vectors that a run asks for again and again, drawn once; what is remembered is a pure function of its name. */
const drawn = new Map<string, Float32Array>();
const drawnMax = 4_096;

function drawnVector(dimensions: number, seed: number, name: string, reach: number): Float32Array {
  const key = `${dimensions} ${seed} ${name}`;
  const known = drawn.get(key);
  if (known !== undefined) return known;
  const stream = bowlStream(seed, name);
  const vector = new Float32Array(dimensions);
  for (let index = 0; index < dimensions; index += 1) vector[index] = between(stream, -reach, reach);
  if (drawn.size >= drawnMax) drawn.clear();
  drawn.set(key, vector);
  return vector;
}

/** Where training starts. It must not be changed. */
export function firstPosition(dimensions: number, seed: number): Float32Array {
  return drawnVector(dimensions, seed, 'start', 1);
}

function lossAt(position: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < position.length; index += 1) {
    sum += curvatureOf(index) * position[index]! * position[index]!;
  }
  return sum / 2 / position.length;
}

interface Hyperparameters {
  readonly epochs: number;
  readonly rate: number;
  readonly momentum: number;
}

export interface BowlTraining extends Hyperparameters {
  readonly seed: number;
  readonly worker: string;
}

interface Responses {
  readonly change: Float64Array;
  readonly lossWeight: Float64Array;
}

/** The responses that were asked for last: a run has one set of hyperparameters. */
let latest: (Hyperparameters & { readonly responses: Responses }) | undefined;

function rememberedResponses({ epochs, rate, momentum }: Hyperparameters): Responses {
  if (latest === undefined || latest.epochs !== epochs || latest.rate !== rate || latest.momentum !== momentum) {
    latest = { epochs, rate, momentum, responses: responses({ epochs, rate, momentum }) };
  }
  return latest.responses;
}

/**
 * What the steps make of a distance of 1, for each curvature: gradient steps on a quadratic are
 * linear, so a thousand coordinates need only sixty-four of these.
 */
function responses({ epochs, rate, momentum }: Hyperparameters): Responses {
  const change = new Float64Array(curvatures);
  const lossWeight = new Float64Array(curvatures);
  for (let index = 0; index < curvatures; index += 1) {
    const curvature = curvatureOf(index);
    let distance = 1;
    let velocity = 0;
    for (let epoch = 1; epoch <= epochs; epoch += 1) {
      if (epoch === epochs) lossWeight[index] = curvature * distance * distance;
      velocity = momentum * velocity + curvature * distance;
      distance -= rate * velocity;
    }
    change[index] = distance - 1;
  }
  return { change, lossWeight };
}

/** One worker's local steps; gives the change of the position, and its own loss before the last step. */
export function trainBowl(position: Float32Array, options: BowlTraining): { update: Float32Array; loss: number } {
  const { change, lossWeight } = rememberedResponses(options);
  const optimum = drawnVector(position.length, options.seed, options.worker, disagreement);
  const update = new Float32Array(position.length);
  let lossSum = 0;
  for (let index = 0; index < position.length; index += 1) {
    const start = position[index]! - optimum[index]!;
    const kind = index % curvatures;
    update[index] = change[kind]! * start;
    lossSum += lossWeight[kind]! * start * start;
  }
  return { update, loss: lossSum / 2 / position.length };
}

/** How good a position is. */
export function evaluateBowl(position: Float32Array, seed: number): { accuracy: number; loss: number } {
  const loss = lossAt(position);
  return { accuracy: Math.max(0, 1 - loss / lossAt(firstPosition(position.length, seed))), loss };
}
