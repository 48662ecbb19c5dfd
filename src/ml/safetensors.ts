/**
 * The safetensors file format, written and read (huggingface/safetensors, "Format" in its README).
 *
 * u64 little-endian length of the header; a JSON header that begins with "{" and is padded with
 * spaces, here to a multiple of eight; then the data section. Each entry of the header names dtype,
 * shape and data offsets; tensors leave no holes. This room writes F32 only, in name order, so the
 * data section equals the model's parameter blob.
 */
import { compareText } from '../kernel/ids.ts';
import { bytesOfFloats, floatsOfBytes } from './floats.ts';

export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major values. */
  readonly values: Float32Array;
}

/** Free text about a file, by name. */
export type Metadata = Readonly<Record<string, string>>;

/** Bytes that are no safetensors file of F32 tensors, and why, in words. */
export class SafetensorsRefused extends Error {
  static override readonly name = 'SafetensorsRefused';
  override readonly name = 'SafetensorsRefused';
}

/** Largest header that the reference implementation accepts. */
const headerBytesMax = 100_000_000;

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

interface HeaderEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The tensors of a file in the order of their data. Throws `SafetensorsRefused`. */
export function readSafetensors(bytes: Uint8Array): readonly NamedTensor[] {
  const refuse = (reason: string): never => {
    throw new SafetensorsRefused(reason);
  };
  if (bytes.length < 8) refuse(`${bytes.length} bytes are fewer than the length of a header`);
  const declared = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (declared > BigInt(Math.min(bytes.length - 8, headerBytesMax))) {
    refuse(`the header of ${declared} bytes runs past the end`);
  }
  const dataStart = 8 + Number(declared);
  const entries = readHeader(bytes.subarray(8, dataStart)).sort((a, b) => a.begin - b.begin);
  const data = bytes.subarray(dataStart);
  let expected = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== expected) refuse(`tensor "${name}" begins at ${begin}, but the data before it ends at ${expected}`);
    expected = end;
  }
  if (expected !== data.length) refuse(`the tensors take ${expected} bytes, the data section has ${data.length}`);
  return entries.map(({ name, shape, begin, end }) => {
    return { name, shape, values: floatsOfBytes(data.subarray(begin, end)) };
  });
}

function readHeader(bytes: Uint8Array): HeaderEntry[] {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new SafetensorsRefused('the header is no JSON text');
  }
  if (bytes[0] !== 0x7b || typeof header !== 'object' || header === null) {
    throw new SafetensorsRefused('the header does not begin with "{"');
  }
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => readEntry(name, entry));
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function readEntry(name: string, entry: unknown): HeaderEntry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (dtype !== 'F32') throw new SafetensorsRefused(`tensor "${name}" has dtype ${String(dtype)}; F32 is read here`);
  if (!Array.isArray(shape) || !shape.every(isSize)) throw new SafetensorsRefused(`tensor "${name}" has no shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw new SafetensorsRefused(`tensor "${name}" has no data offsets`);
  }
  const [begin, end] = offsets as [number, number];
  const length = shape.reduce((product: number, side: number) => product * side, 4);
  if (end - begin !== length) {
    const sides = shape.join(', ');
    throw new SafetensorsRefused(`tensor "${name}" of shape [${sides}] needs ${length} bytes, not ${end - begin}`);
  }
  return { name, shape, begin, end };
}
