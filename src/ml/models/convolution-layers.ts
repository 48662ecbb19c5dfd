/**
 * Layers of images: convolution, pooling, and the ways between columns and images.
 *
 * Inside they hold [batch, height, width, channels], and filters [height, width, in, out], because the
 * kernels take nothing else. tfjs's WebAssembly has no kernel for the gradient by a filter nor for that
 * of pooling, and the one by a convolution's input takes five times as long as the same sum written as
 * a forward convolution; so both gradients of a convolution are forward convolutions of rearranged
 * operands, and pooling sends its gradient back in plain arrays.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { tensorLibrary } from '../backend.ts';
import { filterSide, poolSide, valuesOf } from './convolution-shape.ts';
import type { ImageShape } from './convolution-shape.ts';
import type { Layer } from './layers.ts';

/** Columns [channels · height · width, batch], channels first as in PyTorch, become images. Only the first layer. */
export function imagesLayer({ channels, height, width }: ImageShape): Layer {
  return {
    tensors: [],
    forward(_parameters, input) {
      const tf = tensorLibrary();
      return tf.transpose(tf.reshape(input, [channels, height, width, -1]), [3, 1, 2, 0]);
    },
    backward: () => ({ parameters: {}, input: undefined }), // Nothing before it is trained.
  };
}

/** Images become columns, in the order of PyTorch's flatten: by channel, then row, then column. */
export function flattenLayer(shape: ImageShape): Layer {
  const { channels, height, width } = shape;
  return {
    tensors: [],
    forward(_parameters, input) {
      const tf = tensorLibrary();
      return tf.reshape(tf.transpose(input, [3, 1, 2, 0]), [valuesOf(shape), -1]);
    },
    backward(_parameters, _pass, outputGradient) {
      const tf = tensorLibrary();
      const byChannel = tf.reshape(outputGradient, [channels, height, width, -1]);
      return { parameters: {}, input: tf.transpose(byChannel, [3, 1, 2, 0]) };
    },
  };
}

/** output = input ∗ weight + bias, without padding; weight [side, side, in, out], bias [out, 1]. */
export function convolutionLayer(name: string): Layer {
  const weightName = `${name}.weight`;
  const biasName = `${name}.bias`;
  return {
    tensors: [weightName, biasName],
    forward(parameters, input) {
      const tf = tensorLibrary();
      const product = tf.conv2d(input as Tensor4D, parameters[weightName] as Tensor4D, 1, 'valid');
      return tf.add(product, tf.reshape(parameters[biasName]!, [-1]));
    },
    backward(parameters, pass, outputGradient, wantsInputGradient) {
      const tf = tensorLibrary();
      const weightGradient = filterGradient(pass.input, outputGradient);
      const biasGradient = tf.reshape(tf.sum(outputGradient, [0, 1, 2]), [-1, 1]);
      const input = wantsInputGradient ? inputGradient(parameters[weightName]!, outputGradient) : undefined;
      return { parameters: { [weightName]: weightGradient, [biasName]: biasGradient }, input };
    },
  };
}

/** Correlates input and gradient over the batch: channels become the batch, the batch becomes channels. */
function filterGradient(input: Tensor, outputGradient: Tensor): Tensor {
  const tf = tensorLibrary();
  const images = tf.transpose(input, [3, 1, 2, 0]) as Tensor4D; // [in, height, width, batch]
  const filters = tf.transpose(outputGradient, [1, 2, 0, 3]) as Tensor4D; // [height', width', batch, out]
  return tf.transpose(tf.conv2d(images, filters, 1, 'valid'), [1, 2, 0, 3]);
}

/** Convolves the gradient, with a border of zeros, with the filters turned by half a circle. */
function inputGradient(weight: Tensor, outputGradient: Tensor): Tensor {
  const tf = tensorLibrary();
  const turned = tf.transpose(tf.reverse(weight, [0, 1]), [0, 1, 3, 2]) as Tensor4D;
  return tf.conv2d(outputGradient as Tensor4D, turned, 1, filterSide - 1);
}

/** Each square of pixels becomes its largest value; a rest that fills no square is left out. */
export const poolLayer: Layer = {
  tensors: [],
  forward(_parameters, input) {
    return tensorLibrary().maxPool(input as Tensor4D, poolSide, poolSide, 'valid');
  },
  backward(_parameters, pass, outputGradient) {
    const shape = pass.input.shape as [number, number, number, number];
    const values = pass.input.dataSync<'float32'>();
    const gradient = unpool(values, shape, outputGradient.dataSync<'float32'>());
    return { parameters: {}, input: tensorLibrary().tensor(gradient, shape) };
  },
};

/**
 * Sends the gradient of each square to its largest value, of equal ones to the first by rows, as
 * PyTorch does. `shape` is the input's [batch, height, width, channels].
 */
export function unpool(
  values: Float32Array,
  [batch, height, width, channels]: readonly [number, number, number, number],
  outputGradient: Float32Array,
): Float32Array {
  const gradient = new Float32Array(values.length);
  const row = width * channels;
  const offsets = [0, channels, row, row + channels]; // of the four pixels of a square, by rows
  const rows = Math.floor(height / poolSide);
  const columns = Math.floor(width / poolSide);
  let output = 0;
  for (let image = 0; image < batch; image += 1) {
    for (let y = 0; y < rows; y += 1) {
      for (let x = 0; x < columns; x += 1) {
        const corner = image * height * row + poolSide * (y * row + x * channels);
        for (let channel = 0; channel < channels; channel += 1, output += 1) {
          let largest = corner + channel;
          for (const offset of offsets) {
            if (values[corner + channel + offset]! > values[largest]!) largest = corner + channel + offset;
          }
          gradient[largest] = outputGradient[output]!;
        }
      }
    }
  }
  return gradient;
}
