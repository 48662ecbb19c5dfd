/** Reads a safetensors file as its README describes it, for tests of what Orrery writes. */
import { floatsOfBytes } from '../../src/ml/floats.ts';
import type { NamedTensor } from '../../src/ml/safetensors.ts';

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** The tensors in the order of the header. Throws for a file that is none, or not of F32. */
export function readSafetensors(bytes: Uint8Array): readonly NamedTensor[] {
  const headerBytes = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + headerBytes));
  const header = Object.entries(JSON.parse(text) as Record<string, HeaderEntry>).filter(([name]) => name !== '__metadata__');
  const data = bytes.subarray(8 + headerBytes);
  return header.map(([name, { dtype, shape, data_offsets: [begin, end] }]) => {
    const count = shape.reduce((product, side) => product * side, 1);
    if (dtype !== 'F32' || end - begin !== count * 4 || end > data.length) throw new Error(`tensor "${name}" is not whole`);
    return { name, shape, values: floatsOfBytes(data.subarray(begin, end)) };
  });
}
