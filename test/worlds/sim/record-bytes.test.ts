/** The bytes that records begin with are those of the codec, whatever stands in them. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes } from '../../../src/kernel/bytes.ts';
import { encode } from '../../../src/kernel/codec.ts';
import type { Value } from '../../../src/kernel/codec.ts';
import { RecordBytes } from '../../../src/worlds/sim/record-bytes.ts';

/** What a record holds: numbers of every length, texts of every script. */
const part = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32),
  fc.constantFrom(-1, -24, -25, -256, -257, -65_536, -65_537, -(2 ** 31), -(2 ** 31) - 1, -(2 ** 32), -(2 ** 32) - 1),
  fc.string({ unit: 'binary', maxLength: 400 }),
);

function writeAll(writer: RecordBytes, parts: readonly (number | string)[], elements = parts.length): Uint8Array {
  writer.begin(elements);
  for (const one of parts) {
    if (typeof one === 'number') writer.number(one);
    else writer.text(one);
  }
  return writer.end();
}

test('one record after the other has canonical bytes', () => {
  const records = fc.array(fc.array(part, { maxLength: 23 }), { maxLength: 5 });
  fc.assert(
    fc.property(records, (all) => {
      const writer = new RecordBytes();
      for (const parts of all) expect(writeAll(writer, parts)).toEqual(new Uint8Array(encode(parts)));
    }),
  );
});

test('a last element may be appended by its own bytes', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 22 }), fc.dictionary(fc.string(), part), (parts, last) => {
      const value: Value = Object.fromEntries(Object.entries(last).filter(([key]) => key !== '__proto__'));
      const whole = concatBytes(writeAll(new RecordBytes(), parts, parts.length + 1), encode(value));
      expect(whole).toEqual(new Uint8Array(encode([...parts, value])));
    }),
  );
});

test('a text is the same when it comes again', () => {
  const writer = new RecordBytes();
  const first = writeAll(writer, ['worker-03', 7]).slice();
  writeAll(writer, ['worker-04', 8]);
  expect(writeAll(writer, ['worker-03', 7])).toEqual(first);
});
