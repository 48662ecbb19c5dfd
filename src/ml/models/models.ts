/**
 * Models as data: which named tensors a model has, and how they lie in one parameter blob.
 *
 * Names and shapes are those of a PyTorch state dictionary (`layer1.weight` is [out, in]). The blob
 * is exactly the data section of model.safetensors: tensors in name order, float32 little-endian,
 * row-major, no padding. So the SHA-256 that names the blob is the model's hash.
 */
import * as Schema from 'effect/Schema';
import { compareText } from '../../kernel/ids.ts';
import { convolutionProducts, filterCounts, filterSide, imageSideMax, imageSideMin, stageShapes, valuesOf } from './convolution-shape.ts';

const size = (max: number) => Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: max }));
const imageSide = Schema.Int.check(Schema.isBetween({ minimum: imageSideMin, maximum: imageSideMax }));

/** One hidden layer of rectified linear units. */
export const MlpModel = Schema.Struct({
  name: Schema.Literal('mlp'),
  inputs: size(1_000_000),
  hidden: size(10_000),
  classes: size(256),
});

/** Softmax regression: no hidden layer, so its decision borders are hyperplanes. */
export const SoftmaxModel = Schema.Struct({
  name: Schema.Literal('softmax'),
  inputs: size(1_000_000),
  classes: size(256),
});

/** Two small convolutions and a dense layer, as convolution-shape.ts describes them. */
export const CnnModel = Schema.Struct({
  name: Schema.Literal('cnn'),
  channels: size(16),
  height: imageSide,
  width: imageSide,
  classes: size(256),
});

/** The surrogate: a quadratic bowl that stands for training when only the protocol is under test. */
export const BowlModel = Schema.Struct({ name: Schema.Literal('bowl'), dimensions: size(1_000_000) });

export const Model = Schema.Union([MlpModel, SoftmaxModel, CnnModel, BowlModel]);
export type Model = typeof Model.Type;
export type NetworkModel = typeof MlpModel.Type | typeof SoftmaxModel.Type | typeof CnnModel.Type;

/** One tensor of a model. `fanIn` is how many inputs feed one of its outputs. */
export interface TensorDefinition {
  readonly name: string;
  readonly shape: readonly number[];
  readonly fanIn: number;
}

/** A tensor with the place of its values in the parameter vector. */
export interface PlacedTensor extends TensorDefinition {
  readonly offset: number;
  readonly length: number;
}

function denseTensors(layer: string, inputs: number, outputs: number): TensorDefinition[] {
  return [
    { name: `${layer}.weight`, shape: [outputs, inputs], fanIn: inputs },
    { name: `${layer}.bias`, shape: [outputs], fanIn: inputs },
  ];
}

function convolutionTensors(layer: string, channels: number, filters: number): TensorDefinition[] {
  const fanIn = channels * filterSide * filterSide;
  return [
    { name: `${layer}.weight`, shape: [filters, channels, filterSide, filterSide], fanIn },
    { name: `${layer}.bias`, shape: [filters], fanIn },
  ];
}

function definitionsOf(model: Model): TensorDefinition[] {
  switch (model.name) {
    case 'mlp':
      return [
        ...denseTensors('layer1', model.inputs, model.hidden),
        ...denseTensors('layer2', model.hidden, model.classes),
      ];
    case 'softmax':
      return denseTensors('layer1', model.inputs, model.classes);
    case 'cnn':
      return [
        ...convolutionTensors('conv1', model.channels, filterCounts[0]),
        ...convolutionTensors('conv2', filterCounts[0], filterCounts[1]),
        ...denseTensors('fc', valuesOf(stageShapes(model).flattened), model.classes),
      ];
    case 'bowl':
      return [{ name: 'position', shape: [model.dimensions], fanIn: 1 }];
  }
}

/** The tensors of a model in name order, each with its place in the parameter vector. */
export function tensorsOf(model: Model): readonly PlacedTensor[] {
  let offset = 0;
  return definitionsOf(model)
    .sort((a, b) => compareText(a.name, b.name))
    .map((definition) => {
      const length = definition.shape.reduce((product, side) => product * side, 1);
      const placed = { ...definition, offset, length };
      offset += length;
      return placed;
    });
}

/** How many numbers a model has. */
export function parameterCount(model: Model): number {
  return tensorsOf(model).reduce((sum, tensor) => sum + tensor.length, 0);
}

/** Numbers that one sample feeds in. */
export function inputsOf(model: NetworkModel): number {
  return model.name === 'cnn' ? valuesOf(model) : model.inputs;
}

/** Floating-point operations of one sample's forward pass: two a product. The backward pass takes twice as many. */
export function forwardOperations(model: Model): number {
  if (model.name !== 'cnn') return 2 * parameterCount(model);
  return 2 * (convolutionProducts(model) + valuesOf(stageShapes(model).flattened) * model.classes);
}
