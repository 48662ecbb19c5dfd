import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '../../src/kernel/bytes.ts';
import { firstWeights } from '../../src/ml/first-weights.ts';
import { bytesOfFloats } from '../../src/ml/floats.ts';
import { modelFileOf } from '../../src/ml/model-file.ts';
import { writeSafetensors } from '../../src/ml/safetensors.ts';
import { tensorsOf } from '../../src/ml/models.ts';
import { readSafetensors } from '../support/read-safetensors.ts';
import { sha256 } from './federation.ts';

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

const model = { name: 'mlp', inputs: 12, hidden: 5, classes: 3 } as const;

test('the data section of a model file is the parameter blob, so their SHA-256 is one', () => {
  const blob = bytesOfFloats(firstWeights(model, 4));
  const file = modelFileOf(model, blob);
  expect(toHex(sha256(file.subarray(file.length - blob.length)))).toBe(toHex(sha256(blob)));
  const parameters = firstWeights(model, 4);
  const expected = tensorsOf(model).map(({ name, shape, offset, length }) => {
    return { name, shape, values: parameters.subarray(offset, offset + length) };
  });
  expect(readSafetensors(file)).toEqual(expected);
});
