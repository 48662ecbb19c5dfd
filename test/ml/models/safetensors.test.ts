import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from '../../../src/kernel/bytes.ts';
import { firstWeights } from '../../../src/ml/models/first-weights.ts';
import { bytesOfFloats } from '../../../src/ml/floats.ts';
import { modelFileOf, parametersOfFile } from '../../../src/ml/models/model-file.ts';
import { readSafetensors, SafetensorsRefused } from '../../../src/ml/models/safetensors-reader.ts';
import { writeSafetensors } from '../../../src/ml/models/safetensors.ts';
import { sha256 } from '../federation.ts';

const small = writeSafetensors([
  { name: 'b', shape: [1], values: Float32Array.of(-2) },
  { name: 'a', shape: [1, 2], values: Float32Array.of(1, 0.5) },
]);
const smallHeader =
  '{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}';
const smallData = Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0, 0x3f, 0, 0, 0, 0xc0);

/** A file with any header text and data; `length` tells another length than the header's. */
function fileOf(header: string, data: Uint8Array = smallData, length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

test('the bytes of a small file are exactly these', () => {
  const padded = smallHeader.padEnd(Math.ceil(smallHeader.length / 8) * 8, ' ');
  expect(small).toEqual(fileOf(padded));
});

const namedVectors = fc
  .uniqueArray(fc.record({ name: fc.string({ minLength: 1 }), values: fc.float32Array({ maxLength: 12 }) }), {
    selector: ({ name }) => name,
    maxLength: 5,
  })
  // One name is the format's own.
  .filter((vectors) => vectors.every(({ name }) => name !== '__metadata__'));

test('what was written is read back, from any place in memory', () => {
  fc.assert(
    fc.property(namedVectors, fc.nat({ max: 7 }), (vectors, shift) => {
      const tensors = vectors.map(({ name, values }) => ({ name, shape: [values.length], values }));
      const written = writeSafetensors(tensors, { format: 'pt' });
      const shifted = new Uint8Array(written.length + shift);
      shifted.set(written, shift);
      const { tensors: read, metadata } = readSafetensors(shifted.subarray(shift));
      expect(metadata).toEqual({ format: 'pt' });
      expect(read.map(({ name }) => name)).toEqual(tensors.map(({ name }) => name).sort());
      const byName = new Map(read.map(({ name, shape, values }) => [name, { shape, bytes: toHex(bytesOfFloats(values)) }]));
      for (const { name, shape, values } of tensors) expect(byName.get(name)).toEqual({ shape, bytes: toHex(bytesOfFloats(values)) });
    }),
  );
});

test('a file that another program padded less, ordered otherwise or gave metadata is read', () => {
  const header =
    '{"__metadata__":{"by":"hand"},"z":{"data_offsets":[0,4],"dtype":"F32","shape":[]},' +
    '"y":{"shape":[0,7],"data_offsets":[4,4],"dtype":"F32"},"x":{"dtype":"F32","shape":[2,1],"data_offsets":[4,12]}}   ';
  expect(readSafetensors(fileOf(header))).toEqual({
    metadata: { by: 'hand' },
    tensors: [
      { name: 'x', shape: [2, 1], values: Float32Array.of(0.5, -2) },
      { name: 'y', shape: [0, 7], values: new Float32Array(0) },
      { name: 'z', shape: [], values: Float32Array.of(1) },
    ],
  });
});

describe('what is no such file is refused in words', () => {
  const one = (entry: string): string => `{"a":${entry}}`;
  const shifted = (from: string, to: string): string => smallHeader.replace(`"data_offsets":${from}`, `"data_offsets":${to}`);
  const whole = '{"dtype":"F32","shape":[3],"data_offsets":[0,12]}';
  test.each([
    ['nothing', new Uint8Array(3), /3 bytes are fewer/u],
    ['a cut header', small.subarray(0, 40), /cut short: its header has 112 bytes, and 32 are there/u],
    ['a header of 2^63 bytes', fileOf(smallHeader, smallData, 1n << 63n), /longer than the 100000000/u],
    ['cut data', small.subarray(0, small.length - 1), /cut short: its tensors have 12 bytes, and 11 are there/u],
    ['more data', fileOf(smallHeader, new Uint8Array(13)), /1 bytes behind the last tensor/u],
    ['another beginning', fileOf(` ${one(whole)}`), /does not begin with "\{"/u],
    ['a byte order mark', fileOf(`\u{feff}${one(whole)}`), /does not begin with "\{"/u],
    ['padding of line ends', fileOf(`${one(whole)}\n`), /padded with something else/u],
    ['no JSON', fileOf('{"a":}'), /is no JSON/u],
    ['no UTF-8', fileOf(one(whole)).with(10, 0xff), /no UTF-8/u],
    ['a name twice', fileOf(`{"a":${whole},"a":${whole}}`), /two entries called "a"/u],
    ['a name twice, written differently', fileOf(String.raw`{"a":${whole},"\u0061":${whole}}`), /two entries called/u],
    ['a field twice', fileOf(one('{"dtype":"F16","dtype":"F32","shape":[3],"data_offsets":[0,12]}')), /two entries called "dtype"/u],
    ['an entry that is none', fileOf(one('7')), /described by no object/u],
    ['an unknown field', fileOf(one(whole.replace('{', '{"stride":1,'))), /unknown field "stride"/u],
    ['halves', fileOf(one(whole.replace('F32', 'F16'))), /"a" holds F16; only F32 is read/u],
    ['brain floats', fileOf(one(whole.replace('F32', 'BF16'))), /holds BF16/u],
    ['doubles', fileOf(one(whole.replace('F32', 'F64'))), /holds F64/u],
    ['integers', fileOf(one(whole.replace('F32', 'I64'))), /holds I64/u],
    ['an unknown type', fileOf(one(whole.replace('F32', 'F33'))), /unknown type "F33"/u],
    ['no type', fileOf(one('{"shape":[3],"data_offsets":[0,12]}')), /"a" has no type/u],
    ['half a side', fileOf(one(whole.replace('[3]', '[1.5,2]'))), /no shape of whole numbers/u],
    ['a shape of other size', fileOf(one(whole.replace('[3]', '[2]'))), /shape \[2\], which is 8 bytes, and offsets 0 to 12/u],
    ['a shape beyond all numbers', fileOf(one(whole.replace('[3]', '[4294967296,4294967296,0.0,3]'))), /offsets 0 to 12/u],
    ['offsets that run backwards', fileOf(one(whole.replace('[0,12]', '[12,0]'))), /offsets 12 to 0/u],
    ['one offset', fileOf(one(whole.replace('[0,12]', '[12]'))), /no pair of offsets/u],
    ['a hole', fileOf(shifted('[8,12]', '[12,16]'), new Uint8Array(16)), /a hole before tensor "b"/u],
    ['an overlap', fileOf(shifted('[8,12]', '[4,8]'), new Uint8Array(8)), /an overlap before tensor "b"/u],
    ['metadata that is no text', fileOf(`{"__metadata__":{"epoch":3},"a":${whole}}`), /something else than text/u],
    // Each of these took minutes, or all of the stack, from a reader that looked for patterns.
    ['a header of blanks', fileOf(`{${' '.repeat(3_000_000)}"a":7}`), /described by no object/u],
    ['a name without end', fileOf(`{"${'x'.repeat(12_000_000)}":7}`), /^tensor "x{60}…" is described by no object$/u],
    ['texts that are no names', fileOf(String.raw`{"__metadata__":{"a":"\\","b":":{\"a\":"},"a":7}`), /"a" is described by no object/u],
  ])('%s', (_what, bytes, words) => {
    expect(() => readSafetensors(bytes)).toThrow(SafetensorsRefused);
    expect(() => readSafetensors(bytes)).toThrow(words);
  });

  test('any bytes at all are read or refused', () => {
    fc.assert(
      fc.property(fc.nat({ max: small.length - 1 }), fc.nat({ max: 255 }), (offset, byte) => {
        try {
          readSafetensors(small.with(offset, byte));
        } catch (error) {
          if (!(error instanceof SafetensorsRefused)) throw error;
        }
      }),
    );
  });
});

const model = { name: 'mlp', inputs: 12, hidden: 5, classes: 3 } as const;

describe('a model file', () => {
  const blob = bytesOfFloats(firstWeights(model, 4));
  const file = modelFileOf(model, blob);

  test('has the parameter blob as its data section, so their SHA-256 is one', () => {
    expect(toHex(sha256(file.subarray(file.length - blob.length)))).toBe(toHex(sha256(blob)));
    expect(readSafetensors(file).tensors.map(({ name, shape }) => [name, shape])).toEqual([
      ['layer1.bias', [5]], ['layer1.weight', [5, 12]], ['layer2.bias', [3]], ['layer2.weight', [3, 5]],
    ]);
  });

  test.each([
    model,
    { name: 'cnn', channels: 1, height: 16, width: 16, classes: 2 },
    { name: 'softmax', inputs: 3, classes: 2 },
    { name: 'bowl', dimensions: 7 },
  ] as const)('of $name is read back as the same parameters', (any) => {
    const parameters = firstWeights(any, 9);
    expect(parametersOfFile(any, modelFileOf(any, bytesOfFloats(parameters)))).toEqual(parameters);
  });

  test('has golden bytes with the names and shapes of the PyTorch module', () => {
    const cnn = { name: 'cnn', channels: 1, height: 16, width: 16, classes: 2 } as const;
    const bytes = modelFileOf(cnn, bytesOfFloats(new Float32Array(208 + 3_216 + 34)), { format: 'pt' });
    const header =
      '{"__metadata__":{"format":"pt"},"conv1.bias":{"dtype":"F32","shape":[8],"data_offsets":[0,32]},' +
      '"conv1.weight":{"dtype":"F32","shape":[8,1,5,5],"data_offsets":[32,832]},' +
      '"conv2.bias":{"dtype":"F32","shape":[16],"data_offsets":[832,896]},' +
      '"conv2.weight":{"dtype":"F32","shape":[16,8,5,5],"data_offsets":[896,13696]},' +
      '"fc.bias":{"dtype":"F32","shape":[2],"data_offsets":[13696,13704]},' +
      '"fc.weight":{"dtype":"F32","shape":[2,16],"data_offsets":[13704,13832]}}';
    expect(bytes).toEqual(fileOf(header.padEnd(Math.ceil(header.length / 8) * 8, ' '), new Uint8Array(13_832)));
  });

  test.each([
    ['a wider layer', { ...model, hidden: 6 }, /"layer1.bias" has the shape \[5\], but model mlp has \[6\]/u],
    ['more layers than it has', { name: 'softmax', inputs: 12, classes: 5 }, /has a tensor "layer2.bias", and model softmax has none/u],
    ['another model', { name: 'bowl', dimensions: 83 }, /model bowl has a tensor "position", and it is not there/u],
  ] as const)('is refused for %s', (_what, other, words) => {
    expect(() => parametersOfFile(other, file)).toThrow(SafetensorsRefused);
    expect(() => parametersOfFile(other, file)).toThrow(words);
  });

  test('of numbers that are none is refused', () => {
    const broken = modelFileOf(model, bytesOfFloats(firstWeights(model, 4).fill(Infinity, 20, 21)));
    expect(() => parametersOfFile(model, broken)).toThrow(/^value 15 of tensor "layer1.weight" is Infinity$/u);
  });
});
