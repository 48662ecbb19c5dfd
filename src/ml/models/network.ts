/**
 * A network: layers in a row over one parameter vector, with the gradient of a batch's loss.
 *
 * Parameters enter and leave as one float32 vector in the order of models.ts; inside they are tfjs
 * tensors by name. Every function here that makes tensors says who frees them.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { unreachable } from '../../kernel/assert.ts';
import { tensorLibrary } from '../backend.ts';
import { convolutionLayer, flattenLayer, imagesLayer, poolLayer } from './convolution-layers.ts';
import { stageShapes } from './convolution-shape.ts';
import { denseLayer, reluLayer } from './layers.ts';
import type { Layer, TensorsByName } from './layers.ts';
import { inputsOf, parameterCount, tensorsOf } from './models.ts';
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
    case 'cnn':
      // Pooling and ReLU may change places, and ReLU costs a quarter behind it.
      return [
        imagesLayer(model),
        ...['conv1', 'conv2'].flatMap((name) => [convolutionLayer(name), poolLayer, reluLayer]),
        flattenLayer(stageShapes(model).flattened),
        denseLayer('fc'),
      ];
    default:
      return unreachable(model, 'model');
  }
}

/**
 * Tensors of a parameter vector: a vector stands as a column, filters as the kernels take them, which
 * is [height, width, in, out] where PyTorch has [out, in, height, width]. The caller frees them.
 */
export function loadParameters(network: Network, parameters: Float32Array): TensorsByName {
  const tf = tensorLibrary();
  const loaded: Record<string, Tensor> = {};
  for (const { name, shape, offset, length } of network.tensors) {
    const columnShape = shape.length === 1 ? [shape[0]!, 1] : [...shape];
    loaded[name] = tf.tidy(() => {
      const tensor = tf.tensor(parameters.subarray(offset, offset + length), columnShape, 'float32');
      return shape.length === 4 ? tf.transpose(tensor, [2, 3, 1, 0]) : tensor;
    });
  }
  return loaded;
}

/** The parameter vector of some tensors, as a copy in PyTorch's order. */
export function readParameters(network: Network, tensors: TensorsByName): Float32Array {
  const tf = tensorLibrary();
  const parameters = new Float32Array(network.parameterCount);
  for (const { name, shape, offset } of network.tensors) {
    const tensor = tensors[name]!;
    // Nothing is returned from within: tidy would look for tensors in every single number of an array.
    tf.tidy(() => {
      const inOrder = shape.length === 4 ? tf.transpose(tensor, [3, 2, 0, 1]) : tensor;
      parameters.set(inOrder.dataSync<'float32'>(), offset);
    });
  }
  return parameters;
}

/** Every layer's output, the input first. Call it within tf.tidy, which frees them. */
export function forward(network: Network, parameters: TensorsByName, input: Tensor): readonly Tensor[] {
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
  activations: readonly Tensor[],
  scoreGradient: Tensor,
): TensorsByName {
  const gradients: Record<string, Tensor> = {};
  let outputGradient = scoreGradient;
  const firstTrained = network.layers.findIndex(({ tensors }) => tensors.length > 0);
  for (let index = network.layers.length - 1; index >= firstTrained; index -= 1) {
    const pass = { input: activations[index]!, output: activations[index + 1]! };
    const result = network.layers[index]!.backward(parameters, pass, outputGradient, index > firstTrained);
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
  let scores: Float32Array = new Float32Array(0);
  tf.tidy(() => {
    const input = tf.tensor2d(columns, [inputsOf(network.model), batch]);
    scores = forward(network, parameters, input).at(-1)!.dataSync<'float32'>();
  });
  return scores;
}
