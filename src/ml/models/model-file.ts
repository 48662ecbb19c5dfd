/**
 * A model's parameter blob as model.safetensors, and back.
 *
 * The data section of the file is the blob itself, so its SHA-256 is the blob's name. A file that is
 * read may have its tensors in any order; names and shapes must be exactly the model's, which are those
 * of a PyTorch state dictionary (models.ts).
 */
import { floatsOfBytes } from '../floats.ts';
import { parameterCount, tensorsOf } from './models.ts';
import type { Model } from './models.ts';
import { quotedName, readSafetensors, SafetensorsRefused } from './safetensors-reader.ts';
import { writeSafetensors } from './safetensors.ts';
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

/** The parameter vector of a model's file. Throws `SafetensorsRefused` for a file of another model. */
export function parametersOfFile(model: Model, file: Uint8Array): Float32Array {
  const found = new Map(readSafetensors(file).tensors.map((tensor) => [tensor.name, tensor]));
  const parameters = new Float32Array(parameterCount(model));
  for (const { name, shape, offset } of tensorsOf(model)) {
    const tensor = found.get(name);
    if (tensor === undefined) throw new SafetensorsRefused(`model ${model.name} has a tensor "${name}", and it is not there`);
    found.delete(name);
    if (tensor.shape.length !== shape.length || tensor.shape.some((side, index) => side !== shape[index])) {
      const shapes = `[${tensor.shape.join(', ')}], but model ${model.name} has [${shape.join(', ')}]`;
      throw new SafetensorsRefused(`tensor "${name}" has the shape ${shapes}`);
    }
    const odd = tensor.values.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) throw new SafetensorsRefused(`value ${odd} of tensor "${name}" is ${tensor.values[odd]}`);
    parameters.set(tensor.values, offset);
  }
  const [extra] = found.keys();
  if (extra !== undefined) throw new SafetensorsRefused(`it has a tensor ${quotedName(extra)}, and model ${model.name} has none`);
  return parameters;
}
