/**
 * The safetensors file format, written (huggingface/safetensors, "Format" in its README).
 *
 * u64 little-endian length of the header; a JSON header that begins with "{" and is padded with
 * spaces, here to a multiple of eight; then the data section. Each entry of the header names dtype,
 * shape and data offsets; tensors leave no holes. This room writes F32 only, in name order, so the
 * data section equals the model's parameter blob.
 */
import { compareText } from '../../kernel/ids.ts';
import { bytesOfFloats } from '../floats.ts';

export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major values. */
  readonly values: Float32Array;
}

/** Free text about a file, by name. */
export type Metadata = Readonly<Record<string, string>>;

/** The bytes of a file with these tensors, in name order whatever the order given. */
export function writeSafetensors(tensors: readonly NamedTensor[], metadata: Metadata = {}): Uint8Array {
  const ordered = [...tensors].sort((a, b) => compareText(a.name, b.name));
  const entries: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : [];
  let offset = 0;
  for (const { name, shape, values } of ordered) {
    entries.push([name, { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] }]);
    offset += values.byteLength;
  }
  const header = `{${entries.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join(',')}}`;
  const text = new TextEncoder().encode(header);
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerBytes + offset).fill(0x20, 8, 8 + headerBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(text, 8);
  let at = 8 + headerBytes;
  for (const { values } of ordered) {
    bytes.set(bytesOfFloats(values), at);
    at += values.byteLength;
  }
  return bytes;
}
