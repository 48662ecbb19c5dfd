/**
 * The small convolutional network in plain loops and float64, channels first as in PyTorch: what the
 * kernels' loss and gradients are compared with. It shares nothing with src/ml but names and shapes.
 */
import { tensorsOf } from '../../../src/ml/models/models.ts';
import type { NetworkModel } from '../../../src/ml/models/models.ts';

/** [channels][height][width] as one array. */
interface Planes {
  readonly channels: number;
  readonly side: number;
  readonly values: Float64Array;
}

const planes = (channels: number, side: number): Planes => ({ channels, side, values: new Float64Array(channels * side * side) });

function convolve(input: Planes, weight: Float32Array, bias: Float32Array): Planes {
  const output = planes(bias.length, input.side - 4);
  visitProducts(input, output, (at, from, w) => (output.values[at]! += input.values[from]! * weight[w]!));
  const area = output.side * output.side;
  output.values.forEach((_, index) => (output.values[index]! += bias[Math.floor(index / area)]!));
  return output;
}

/** Every product of a convolution by 5 × 5 filters: its output, input and weight [out, in, 5, 5]. */
function visitProducts(input: Planes, output: Planes, visit: (output: number, input: number, weight: number) => void): void {
  for (let o = 0; o < output.channels; o += 1)
    for (let y = 0; y < output.side; y += 1)
      for (let x = 0; x < output.side; x += 1)
        for (let i = 0; i < input.channels; i += 1)
          for (let ky = 0; ky < 5; ky += 1)
            for (let kx = 0; kx < 5; kx += 1)
              visit(
                (o * output.side + y) * output.side + x,
                (i * input.side + y + ky) * input.side + x + kx,
                ((o * input.channels + i) * 5 + ky) * 5 + kx,
              );
}

/** Pooling and ReLU; `chosen` is where each output came from. */
function poolAndRectify(input: Planes): Planes & { readonly chosen: Int32Array } {
  const side = Math.floor(input.side / 2);
  const output = planes(input.channels, side);
  const chosen = output.values.map((_, index) => {
    const channel = Math.floor(index / (side * side));
    const y = 2 * (Math.floor(index / side) % side);
    const x = 2 * (index % side);
    const pixels = [0, 1].flatMap((dy) => [0, 1].map((dx) => (channel * input.side + y + dy) * input.side + x + dx));
    return pixels.reduce((best, pixel) => (input.values[pixel]! > input.values[best]! ? pixel : best));
  });
  chosen.forEach((from, index) => (output.values[index] = Math.max(0, input.values[from]!)));
  return { ...output, chosen: Int32Array.from(chosen) };
}

function unpool(input: Planes, output: ReturnType<typeof poolAndRectify>, gradient: Float64Array): Planes {
  const back = planes(input.channels, input.side);
  output.chosen.forEach((from, index) => {
    if (output.values[index]! > 0) back.values[from]! += gradient[index]!;
  });
  return back;
}

/** Adds the gradients of one convolution; gives that of its input. */
function convolveBack(
  input: Planes,
  gradient: Planes,
  weight: Float32Array,
  into: { weight: Float64Array; bias: Float64Array },
): Planes {
  const back = planes(input.channels, input.side);
  visitProducts(input, gradient, (at, from, w) => {
    into.weight[w]! += gradient.values[at]! * input.values[from]!;
    back.values[from]! += gradient.values[at]! * weight[w]!;
  });
  const area = gradient.side * gradient.side;
  gradient.values.forEach((value, index) => (into.bias[Math.floor(index / area)]! += value));
  return back;
}

export interface Reference {
  /** Mean loss over the images. */
  readonly loss: number;
  /** The loss's gradient by the parameter vector. */
  readonly gradient: Float64Array;
}

/** Loss and gradient over square images, each an array [channels · side · side] of what the model sees. */
export function referenceCnn(
  model: Extract<NetworkModel, { name: 'cnn' }>,
  parameters: Float32Array,
  images: readonly Float64Array[],
  labels: readonly number[],
): Reference {
  const gradient = new Float64Array(parameters.length);
  const placed = new Map(tensorsOf(model).map((tensor) => [tensor.name, tensor]));
  const at = (name: string) => [placed.get(name)!.offset, placed.get(name)!.offset + placed.get(name)!.length] as const;
  const weights = (name: string) => parameters.subarray(...at(name));
  const into = (layer: string) => {
    return { weight: gradient.subarray(...at(`${layer}.weight`)), bias: gradient.subarray(...at(`${layer}.bias`)) };
  };
  let loss = 0;
  images.forEach((values, sample) => {
    const image = { channels: model.channels, side: model.height, values };
    const first = convolve(image, weights('conv1.weight'), weights('conv1.bias'));
    const firstPooled = poolAndRectify(first);
    const second = convolve(firstPooled, weights('conv2.weight'), weights('conv2.bias'));
    const secondPooled = poolAndRectify(second);
    const flat = secondPooled.values;
    const dense = weights('fc.weight');
    const scores = Array.from(weights('fc.bias'), (bias, c) => {
      return flat.reduce((sum, value, f) => sum + value * dense[c * flat.length + f]!, bias);
    });
    const exponentials = scores.map((score) => Math.exp(score));
    const sum = exponentials.reduce((total, value) => total + value, 0);
    loss -= Math.log(exponentials[labels[sample]!]! / sum) / images.length;
    const back = new Float64Array(flat.length);
    scores.forEach((_, c) => {
      const slope = (exponentials[c]! / sum - (c === labels[sample] ? 1 : 0)) / images.length;
      into('fc').bias[c]! += slope;
      flat.forEach((value, f) => {
        into('fc').weight[c * flat.length + f]! += slope * value;
        back[f]! += slope * dense[c * flat.length + f]!;
      });
    });
    const toSecond = unpool(second, secondPooled, back);
    const toFirst = unpool(first, firstPooled, convolveBack(firstPooled, toSecond, weights('conv2.weight'), into('conv2')).values);
    convolveBack(image, toFirst, weights('conv1.weight'), into('conv1'));
  });
  return { loss, gradient };
}
