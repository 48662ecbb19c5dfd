/**
 * Local training: epochs of stochastic gradient descent with momentum over one shard.
 *
 * velocity ← momentum · velocity + rate · gradient; weight ← weight − velocity. With a constant rate
 * this is PyTorch's SGD, whose velocity lacks the factor rate. The rate is folded into the gradient
 * by the scores, because everything behind it is linear. The velocity starts at 0 at each call. The
 * order of samples is keyed by (seed, worker, round, epoch), and the last batch of an epoch holds
 * the rest.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { assertInteger } from '../../kernel/assert.ts';
import { childKey, numberedKey, seedKey } from '../../kernel/draws.ts';
import { tensorLibrary } from '../backend.ts';
import { BatchReader } from './batches.ts';
import type { Batch } from './batches.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { Dataset } from '../data/dataset.ts';
import type { TensorsByName } from '../models/layers.ts';
import { inputsOf } from '../models/models.ts';
import { backward, forward, loadParameters, readParameters } from '../models/network.ts';
import type { Network } from '../models/network.ts';
import { permutation, streamOf } from '../streams.ts';

export interface TrainingOptions {
  readonly seed: number;
  readonly worker: string;
  readonly round: number;
  /** Passes over the shard. */
  readonly epochs: number;
  /** Samples of one step. */
  readonly batch: number;
  /** Learning rate. */
  readonly rate: number;
  readonly momentum: number;
}

export interface TrainingResult {
  readonly weights: Float32Array;
  /** Mean loss of the last epoch's samples, each measured before its own step, in nats. */
  readonly loss: number;
}

interface TrainingState {
  readonly parameters: TensorsByName;
  readonly velocities: TensorsByName;
}

/** Trains from `weights`, which are left alone. The shard must not be empty. */
export function trainNetwork(
  network: Network,
  weights: Float32Array,
  shard: Dataset,
  options: TrainingOptions,
): TrainingResult {
  const tf = tensorLibrary();
  const samples = assertInteger(shard.labels.length, 'samples of a shard', 1, 0xffff_ffff);
  const reader = new BatchReader(shard, Math.min(options.batch, samples));
  const momentum = tf.scalar(options.momentum);
  const parameters = loadParameters(network, weights);
  const velocities = tf.tidy(() => mapTensors(parameters, (tensor) => tf.zerosLike(tensor)));
  let state: TrainingState = { parameters, velocities };
  let lossSum = 0;
  for (let epoch = 0; epoch < options.epochs; epoch += 1) {
    const order = sampleOrder(samples, options, epoch);
    lossSum = 0;
    for (let first = 0; first < samples; first += options.batch) {
      const batch = reader.read(order.subarray(first, first + options.batch));
      const step = stepOnce(network, state, batch, options.rate, momentum);
      freeState(state);
      state = step.state;
      lossSum += step.lossSum;
    }
  }
  const trained = readParameters(network, state.parameters);
  freeState(state);
  momentum.dispose();
  return { weights: trained, loss: lossSum / samples };
}

/** The order in which one epoch visits the samples. */
function sampleOrder(samples: number, options: TrainingOptions, epoch: number): Uint32Array {
  const worker = childKey(childKey(seedKey(options.seed, 0), 'shuffle'), options.worker);
  return permutation(samples, streamOf(numberedKey(worker, options.round, epoch)));
}

/** One step of descent. The caller frees the old state and the new one. */
function stepOnce(network: Network, state: TrainingState, batch: Batch, rate: number, momentum: Tensor) {
  const tf = tensorLibrary();
  const { classes } = network.model;
  let lossSum = 0;
  const [parameters, velocities] = tf.tidy(() => {
    const input = tf.tensor2d(batch.columns, [inputsOf(network.model), batch.size]);
    const activations = forward(network, state.parameters, input);
    const scores = activations.at(-1)!.dataSync<'float32'>();
    const scoreGradient = new Float32Array(scores.length);
    lossSum = crossEntropy(scores, batch.labels, classes, scoreGradient, rate).lossSum;
    const scaled = backward(network, state.parameters, activations, tf.tensor2d(scoreGradient, [classes, batch.size]));
    const faster = mapTensors(scaled, (gradient, name) => tf.add(tf.mul(state.velocities[name]!, momentum), gradient));
    const moved = mapTensors(faster, (velocity, name) => tf.sub(state.parameters[name]!, velocity));
    return [moved, faster];
  }) as [TensorsByName, TensorsByName];
  return { state: { parameters, velocities }, lossSum };
}

function mapTensors(tensors: TensorsByName, change: (tensor: Tensor, name: string) => Tensor): Record<string, Tensor> {
  const changed: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(tensors)) changed[name] = change(tensor, name);
  return changed;
}

function freeState(state: TrainingState): void {
  for (const tensors of [state.parameters, state.velocities]) {
    for (const tensor of Object.values(tensors)) tensor.dispose();
  }
}
