import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '../../src/kernel/bytes.ts';
import { firstWeights } from '../../src/ml/first-weights.ts';
import { bytesOfFloats } from '../../src/ml/floats.ts';
import { modelFileOf, parametersOfModelFile } from '../../src/ml/model-file.ts';
import { readSafetensors, SafetensorsRefused, writeSafetensors } from '../../src/ml/safetensors.ts';
import { sha256 } from './federation.ts';

/** A file from the text of its header and its data. */
function fileOf(header: string, data: readonly number[] = []): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

test('the bytes of a small file are exactly these', () => {
  const file = writeSafetensors([
    { name: 'b', shape: [1], values: Float32Array.of(-2) },
    { name: 'a', shape: [1, 2], values: Float32Array.of(1, 0.5) },
  ]);
  const header =
    '{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}';
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8, ' ');
  expect(toHex(file.subarray(0, 8))).toBe(`${padded.length.toString(16)}00000000000000`);
  expect(new TextDecoder().decode(file.subarray(8, 8 + padded.length))).toBe(padded);
  expect(toHex(file.subarray(8 + padded.length))).toBe('0000803f0000003f000000c0');
});

const namedVectors = fc
  .uniqueArray(fc.record({ name: fc.string({ minLength: 1 }), values: fc.float32Array({ maxLength: 12 }) }), {
    selector: ({ name }) => name,
    maxLength: 5,
  })
  // JSON objects put names like "7" first, and one name is the format's own.
  .filter((vectors) => vectors.every(({ name }) => name !== '__metadata__' && !/^\d+$/u.test(name)));

test('what was written is read back', () => {
  fc.assert(
    fc.property(namedVectors, (vectors) => {
      const tensors = vectors.map(({ name, values }) => ({ name, shape: [values.length], values }));
      const read = readSafetensors(writeSafetensors(tensors, { format: 'pt' }));
      const byName = new Map(read.map(({ name, shape, values }) => [name, { shape, values: [...values] }]));
      expect(read.length).toBe(tensors.length);
      for (const { name, shape, values } of tensors) expect(byName.get(name)).toEqual({ shape, values: [...values] });
    }),
  );
});

test.each([
  ['an empty file', new Uint8Array(3), 'fewer than the length'],
  ['a header beyond the end', Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 1), 'runs past the end'],
  ['a header that is no JSON', fileOf('{oops'), 'no JSON'],
  ['a header that is a list', fileOf('[]'), 'begin with'],
  ['another number format', fileOf('{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}', [0, 0]), 'dtype F16'],
  ['a negative side', fileOf('{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}'), 'no shape'],
  ['no offsets', fileOf('{"a":{"dtype":"F32","shape":[1]}}'), 'no data offsets'],
  ['a wrong length', fileOf('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', [0, 0, 0, 0]), 'needs 8 bytes'],
  ['a hole', fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', Array<number>(8).fill(0)), 'begins at 4'],
  ['data behind the end', fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', [0, 0, 0, 0, 9]), 'has 5'],
])('%s is refused in words', (_what, bytes, words) => {
  expect(() => readSafetensors(bytes)).toThrow(SafetensorsRefused);
  expect(() => readSafetensors(bytes)).toThrow(words);
});

const model = { name: 'mlp', inputs: 12, hidden: 5, classes: 3 } as const;

test('the data section of a model file is the parameter blob, so their SHA-256 is one', () => {
  const blob = bytesOfFloats(firstWeights(model, 4));
  const file = modelFileOf(model, blob);
  expect(toHex(sha256(file.subarray(file.length - blob.length)))).toBe(toHex(sha256(blob)));
  expect(parametersOfModelFile(model, file)).toEqual(firstWeights(model, 4));
});

test('a file of another model is refused, with the tensor that differs', () => {
  const file = modelFileOf(model, bytesOfFloats(firstWeights(model, 4)));
  const wider = { ...model, hidden: 6 };
  expect(() => parametersOfModelFile(wider, file)).toThrow('tensor "layer1.bias" is [5], the model has [6]');
  expect(() => parametersOfModelFile({ name: 'bowl', dimensions: 3 }, file)).toThrow('no tensor "position"');
});
