/**
 * A model's parameter blob as model.safetensors, and back.
 *
 * The data section of the file is the blob itself, so its SHA-256 is the blob's name.
 */
import { floatsOfBytes } from './floats.ts';
import { parameterCount, tensorsOf } from './models.ts';
import type { Model } from './models.ts';
import { readSafetensors, SafetensorsRefused, writeSafetensors } from './safetensors.ts';
import type { Metadata } from './safetensors.ts';

/** The file of a parameter blob; PyTorch loads it as a state dictionary. */
export function modelFileOf(model: Model, blob: Uint8Array, metadata: Metadata = {}): Uint8Array {
  const parameters = floatsOfBytes(blob);
  const tensors = tensorsOf(model).map(({ name, shape, offset, length }) => ({
    name,
    shape,
    values: parameters.subarray(offset, offset + length),
  }));
  return writeSafetensors(tensors, metadata);
}

/** The parameter vector in a file. Throws `SafetensorsRefused` when it holds another model. */
export function parametersOfModelFile(model: Model, file: Uint8Array): Float32Array {
  const byName = new Map(readSafetensors(file).map((tensor) => [tensor.name, tensor]));
  const parameters = new Float32Array(parameterCount(model));
  for (const { name, shape, offset } of tensorsOf(model)) {
    const tensor = byName.get(name);
    if (tensor === undefined) throw new SafetensorsRefused(`the file has no tensor "${name}"`);
    if (tensor.shape.join() !== shape.join()) {
      const found = tensor.shape.join(', ');
      throw new SafetensorsRefused(`tensor "${name}" is [${found}], the model has [${shape.join(', ')}]`);
    }
    parameters.set(tensor.values, offset);
  }
  return parameters;
}
