/**
 * Layers: a forward pass, and a backward pass ordered by hand over the same kernels.
 *
 * A batch stands in columns ([features, batch]), because then a weight in PyTorch's [out, in] layout
 * is the left operand of the forward product and never needs turning. The kernel repacks its right
 * operand whenever that is new, so the small operand stands right. Products with tfjs's transpose
 * flags take eleven times as long as the same product on a turned copy, so the flags are not used.
 * Images and their convolutions are in convolution-layers.ts; nothing here knows the loss.
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { tensorLibrary } from '../backend.ts';

/** The tensors of a network, or their gradients, by name. */
export type TensorsByName = Readonly<Record<string, Tensor>>;

/** What a backward pass gives: gradients of the layer's own tensors, and of its input. */
export interface Backward {
  readonly parameters: TensorsByName;
  readonly input: Tensor | undefined;
}

/**
 * Inputs and outputs are [features, batch], between layers of images [batch, height, width, channels].
 * Whatever tensors are made, a tf.tidy around frees.
 */
export interface Layer {
  /** Names of the layer's own tensors; empty where there is nothing to train. */
  readonly tensors: readonly string[];
  forward(parameters: TensorsByName, input: Tensor): Tensor;
  /**
   * `outputGradient` is the loss's gradient by the output. The first layer with tensors is not asked
   * for the gradient by its input, which would be the dearest product of all.
   */
  backward(
    parameters: TensorsByName,
    pass: { readonly input: Tensor; readonly output: Tensor },
    outputGradient: Tensor,
    wantsInputGradient: boolean,
  ): Backward;
}

/** output = weight · input + bias, with weight [out, in] and bias [out, 1]. */
export function denseLayer(name: string): Layer {
  const weightName = `${name}.weight`;
  const biasName = `${name}.bias`;
  return {
    tensors: [weightName, biasName],
    forward(parameters, input) {
      const tf = tensorLibrary();
      const product: Tensor2D = tf.matMul(parameters[weightName]!, input);
      return tf.add(product, parameters[biasName]!);
    },
    backward(parameters, pass, outputGradient, wantsInputGradient) {
      const tf = tensorLibrary();
      // Gradient · inputᵀ, computed turned so that the large input need not be turned and repacked.
      const weightGradient = tf.transpose(tf.matMul(pass.input, tf.transpose(outputGradient)));
      const biasGradient = tf.sum(outputGradient, 1, true);
      const input: Tensor2D | undefined = wantsInputGradient
        ? tf.matMul(tf.transpose(parameters[weightName]!), outputGradient)
        : undefined;
      return { parameters: { [weightName]: weightGradient, [biasName]: biasGradient }, input };
    },
  };
}

/** output = max(input, 0); its slope at 0 is taken as 0. */
export const reluLayer: Layer = {
  tensors: [],
  forward(_parameters, input) {
    return tensorLibrary().relu(input);
  },
  backward(_parameters, pass, outputGradient) {
    const tf = tensorLibrary();
    return { parameters: {}, input: tf.mul(outputGradient, tf.step(pass.output)) };
  },
};
