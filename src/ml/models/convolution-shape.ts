/**
 * The shape of the small convolutional network: how an image shrinks from layer to layer.
 *
 * It is this PyTorch module, whose state dictionary has the names and shapes of models.ts:
 *
 *     conv1 = Conv2d(channels, 8, 5); conv2 = Conv2d(8, 16, 5); fc = Linear(16 · height · width, classes)
 *     x = relu(max_pool2d(conv1(x), 2)); x = relu(max_pool2d(conv2(x), 2)); scores = fc(x.flatten(1))
 *
 * where height and width are what both stages leave of the image's. There is no padding.
 */

/** Side of the square filters. */
export const filterSide = 5;
/** Filters of the first and of the second convolution. */
export const filterCounts = [8, 16] as const;
/** Side of the squares of which pooling keeps the largest value, and their distance. */
export const poolSide = 2;

/** An image, or what a layer makes of one. */
export interface ImageShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** The least side of which both stages leave a pixel: 16 → 12 → 6 → 2 → 1. */
export const imageSideMin = 16;
/** Beyond this side the activations of a batch would not fit into the memory of the kernels. */
export const imageSideMax = 128;

const convolved = (side: number): number => side - filterSide + 1;
const pooled = (side: number): number => Math.floor(side / poolSide);

/** The outputs of both convolutions before their pooling, and what enters the dense layer. */
export interface StageShapes {
  readonly conv1: ImageShape;
  readonly conv2: ImageShape;
  readonly flattened: ImageShape;
}

/** What the network makes of an image of at least `imageSideMin` a side. */
export function stageShapes({ height, width }: ImageShape): StageShapes {
  const conv1 = { channels: filterCounts[0], height: convolved(height), width: convolved(width) };
  const conv2 = { channels: filterCounts[1], height: convolved(pooled(conv1.height)), width: convolved(pooled(conv1.width)) };
  const flattened = { channels: filterCounts[1], height: pooled(conv2.height), width: pooled(conv2.width) };
  return { conv1, conv2, flattened };
}

/** Values of one image. */
export function valuesOf({ channels, height, width }: ImageShape): number {
  return channels * height * width;
}

/** Products of one forward pass through the convolutions, for one image. */
export function convolutionProducts(image: ImageShape): number {
  const { conv1, conv2 } = stageShapes(image);
  const area = filterSide * filterSide;
  return valuesOf(conv1) * area * image.channels + valuesOf(conv2) * area * conv1.channels;
}

/** Why an image cannot be learned by this network, in words; undefined when it can. */
export function unfitForConvolution({ height, width }: ImageShape): string | undefined {
  if (height === 1 || width === 1) return 'a cnn needs images, and these data have no height and width';
  const size = `${height} × ${width}`;
  if (Math.min(height, width) < imageSideMin) {
    return `a cnn needs images of at least ${imageSideMin} × ${imageSideMin} pixels, and these have ${size}`;
  }
  if (Math.max(height, width) <= imageSideMax) return undefined;
  return `a cnn takes images of at most ${imageSideMax} × ${imageSideMax} pixels, and these have ${size}`;
}
