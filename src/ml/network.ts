/**
 * A network: layers in a row over one parameter vector, with the gradient of a batch's loss.
 *
 * Parameters enter and leave as one float32 vector in the order of models.ts; inside they are tfjs
 * tensors by name. Every function here that makes tensors says who frees them.
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { unreachable } from '../kernel/assert.ts';
import { tensorLibrary } from './backend.ts';
import { denseLayer, reluLayer } from './layers.ts';
import type { Layer, TensorsByName } from './layers.ts';
import { parameterCount, tensorsOf } from './models.ts';
import type { NetworkModel, PlacedTensor } from './models.ts';

export interface Network {
  readonly model: NetworkModel;
  readonly tensors: readonly PlacedTensor[];
  readonly parameterCount: number;
  readonly layers: readonly Layer[];
}

/** The network that a model describes. */
export function networkOf(model: NetworkModel): Network {
  return { model, tensors: tensorsOf(model), parameterCount: parameterCount(model), layers: layersOf(model) };
}

function layersOf(model: NetworkModel): readonly Layer[] {
  switch (model.name) {
    case 'mlp':
      return [denseLayer('layer1'), reluLayer, denseLayer('layer2')];
    case 'softmax':
      return [denseLayer('layer1')];
    default:
      return unreachable(model, 'model');
  }
}

/** Tensors of a parameter vector, a vector standing as a column. The caller frees them. */
export function loadParameters(network: Network, parameters: Float32Array): TensorsByName {
  const tf = tensorLibrary();
  const loaded: Record<string, Tensor> = {};
  for (const { name, shape, offset, length } of network.tensors) {
    const columnShape = shape.length === 1 ? [shape[0]!, 1] : [...shape];
    loaded[name] = tf.tensor(parameters.subarray(offset, offset + length), columnShape, 'float32');
  }
  return loaded;
}

/** The parameter vector of some tensors, as a copy. */
export function readParameters(network: Network, tensors: TensorsByName): Float32Array {
  const parameters = new Float32Array(network.parameterCount);
  for (const { name, offset } of network.tensors) parameters.set(tensors[name]!.dataSync<'float32'>(), offset);
  return parameters;
}

/** Every layer's output, the input first. Call it within tf.tidy, which frees them. */
export function forward(network: Network, parameters: TensorsByName, input: Tensor2D): readonly Tensor2D[] {
  const activations = [input];
  for (const layer of network.layers) activations.push(layer.forward(parameters, activations.at(-1)!));
  return activations;
}

/**
 * Gradients by every parameter, from the gradient by the scores ([classes, batch]). Linear in that
 * gradient: scaling it scales them all. Call it within tf.tidy, which frees what is not returned.
 */
export function backward(
  network: Network,
  parameters: TensorsByName,
  activations: readonly Tensor2D[],
  scoreGradient: Tensor2D,
): TensorsByName {
  const gradients: Record<string, Tensor> = {};
  let outputGradient = scoreGradient;
  for (let index = network.layers.length - 1; index >= 0; index -= 1) {
    const pass = { input: activations[index]!, output: activations[index + 1]! };
    const result = network.layers[index]!.backward(parameters, pass, outputGradient, index > 0);
    Object.assign(gradients, result.parameters);
    if (result.input !== undefined) outputGradient = result.input;
  }
  return gradients;
}

/** Scores of a batch in columns, [classes, batch], copied out. */
export function scoresOf(
  network: Network,
  parameters: TensorsByName,
  columns: Float32Array,
  batch: number,
): Float32Array {
  const tf = tensorLibrary();
  return tf.tidy(() => {
    const input = tf.tensor2d(columns, [network.model.inputs, batch]);
    return forward(network, parameters, input).at(-1)!.dataSync<'float32'>();
  });
}
