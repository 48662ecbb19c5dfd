/**
 * Distances and weighted sums of many float32 vectors, accumulated in float64 in a stated order.
 *
 * Shared by the rules that compare whole vectors and by the attacks that know the honest ones. Every sum over
 * vectors runs in the order given, every sum over coordinates in the order written here, so the same
 * vectors give the same bits everywhere. The loops take four vectors at a time over strips of coordinates
 * that stay in a processor's cache; that is for speed, and is part of the order.
 */
import { assert } from '../kernel/assert.ts';

/** Coordinates of a strip: 50 vectors of it are 50 kB. */
const stripLength = 256;

/** The common length of at least one vector. */
export function dimensionsOf(vectors: readonly Float32Array[]): number {
  assert(vectors.length > 0, 'a rule is given at least one update');
  const dimensions = vectors[0]!.length;
  assert(vectors.every(({ length }) => length === dimensions), 'the updates of a rule have one length');
  return dimensions;
}

/** The squared Euclidean distance of each vector from `centre`. */
export function squaredDistancesFrom(centre: Float64Array, vectors: readonly Float32Array[]): Float64Array {
  return Float64Array.from(vectors, (vector) => squaredDistance(centre, vector));
}

/** Σ (centre − vector)², in four interleaved sums, so that an addition need not wait for the one before. */
function squaredDistance(centre: Float64Array, vector: Float32Array): number {
  const whole = vector.length - (vector.length % 4);
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  for (let index = 0; index < whole; index += 4) {
    const difference0 = centre[index]! - vector[index]!;
    const difference1 = centre[index + 1]! - vector[index + 1]!;
    const difference2 = centre[index + 2]! - vector[index + 2]!;
    const difference3 = centre[index + 3]! - vector[index + 3]!;
    sum0 += difference0 * difference0;
    sum1 += difference1 * difference1;
    sum2 += difference2 * difference2;
    sum3 += difference3 * difference3;
  }
  for (let index = whole; index < vector.length; index += 1) {
    const difference = centre[index]! - vector[index]!;
    sum0 += difference * difference;
  }
  return sum0 + sum1 + (sum2 + sum3);
}

/**
 * The squared Euclidean distance of each two vectors, as a symmetric n × n matrix in row order with a
 * diagonal of 0. Only one half is computed: (a − b)² and (b − a)² are the same bits.
 */
export function pairwiseSquaredDistances(vectors: readonly Float32Array[]): Float64Array {
  const count = vectors.length;
  const dimensions = dimensionsOf(vectors);
  const distances = new Float64Array(count * count);
  for (let begin = 0; begin < dimensions; begin += stripLength) {
    const end = Math.min(begin + stripLength, dimensions);
    for (let row = 1; row < count; row += 1) {
      const fours = row - (row % 4);
      for (let column = 0; column < fours; column += 4) addFourDistances(vectors, row, column, begin, end, distances);
      for (let column = fours; column < row; column += 1) addDistance(vectors, row, column, begin, end, distances);
    }
  }
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < row; column += 1) distances[column * count + row] = distances[row * count + column]!;
  }
  return distances;
}

/** Adds what a strip makes of the distances of `row` from the four vectors from `column` on. */
function addFourDistances(
  vectors: readonly Float32Array[], row: number, column: number, begin: number, end: number, distances: Float64Array,
): void {
  const own = vectors[row]!;
  const other0 = vectors[column]!;
  const other1 = vectors[column + 1]!;
  const other2 = vectors[column + 2]!;
  const other3 = vectors[column + 3]!;
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  for (let index = begin; index < end; index += 1) {
    const coordinate = own[index]!;
    const difference0 = coordinate - other0[index]!;
    const difference1 = coordinate - other1[index]!;
    const difference2 = coordinate - other2[index]!;
    const difference3 = coordinate - other3[index]!;
    sum0 += difference0 * difference0;
    sum1 += difference1 * difference1;
    sum2 += difference2 * difference2;
    sum3 += difference3 * difference3;
  }
  const first = row * vectors.length + column;
  distances[first] = distances[first]! + sum0;
  distances[first + 1] = distances[first + 1]! + sum1;
  distances[first + 2] = distances[first + 2]! + sum2;
  distances[first + 3] = distances[first + 3]! + sum3;
}

/** The same for a single other vector, bit for bit. */
function addDistance(
  vectors: readonly Float32Array[], row: number, column: number, begin: number, end: number, distances: Float64Array,
): void {
  const own = vectors[row]!;
  const other = vectors[column]!;
  let sum = 0;
  for (let index = begin; index < end; index += 1) {
    const difference = own[index]! - other[index]!;
    sum += difference * difference;
  }
  const place = row * vectors.length + column;
  distances[place] = distances[place]! + sum;
}

/** Σ weight · vector for each coordinate, one weight a vector. */
export function weightedSum(vectors: readonly Float32Array[], weights: ArrayLike<number>): Float64Array {
  const dimensions = dimensionsOf(vectors);
  assert(weights.length === vectors.length, 'each vector of a sum has a weight');
  const sum = new Float64Array(dimensions);
  const fours = vectors.length - (vectors.length % 4);
  for (let begin = 0; begin < dimensions; begin += stripLength) {
    const end = Math.min(begin + stripLength, dimensions);
    for (let first = 0; first < fours; first += 4) addFourVectors(vectors, weights, first, begin, end, sum);
    for (let one = fours; one < vectors.length; one += 1) addVector(vectors[one]!, weights[one]!, begin, end, sum);
  }
  return sum;
}

function addFourVectors(
  vectors: readonly Float32Array[], weights: ArrayLike<number>, first: number, begin: number, end: number, sum: Float64Array,
): void {
  const vector0 = vectors[first]!;
  const vector1 = vectors[first + 1]!;
  const vector2 = vectors[first + 2]!;
  const vector3 = vectors[first + 3]!;
  const weight0 = weights[first]!;
  const weight1 = weights[first + 1]!;
  const weight2 = weights[first + 2]!;
  const weight3 = weights[first + 3]!;
  for (let index = begin; index < end; index += 1) {
    const firstTwo = weight0 * vector0[index]! + weight1 * vector1[index]!;
    const lastTwo = weight2 * vector2[index]! + weight3 * vector3[index]!;
    sum[index] = sum[index]! + (firstTwo + lastTwo);
  }
}

function addVector(vector: Float32Array, weight: number, begin: number, end: number, sum: Float64Array): void {
  for (let index = begin; index < end; index += 1) sum[index] = sum[index]! + weight * vector[index]!;
}
