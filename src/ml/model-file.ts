/**
 * A model's parameter blob as model.safetensors.
 *
 * The data section of the file is the blob itself, so its SHA-256 is the blob's name.
 */
import { floatsOfBytes } from './floats.ts';
import { tensorsOf } from './models.ts';
import type { Model } from './models.ts';
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
