/**
 * Schemas of quantities: what a scenario file writes with a unit, and actors hold as a plain number.
 *
 * For the sections of protocols and roles, and for the scenario file itself. Each decodes text to a
 * number in the base unit that its name ends in, encodes it back exactly, and gives JSON Schema the
 * pattern of the text. `expected` is the right form, which error messages quote.
 */
import * as Exit from 'effect/Exit';
import * as Schema from 'effect/Schema';
import * as Getter from 'effect/SchemaGetter';
import * as Issue from 'effect/SchemaIssue';
import {
  dimensions,
  percentageForm,
  percentagePattern,
  quantityPattern,
  readPercentage,
  readQuantity,
  writePercentage,
  writeQuantity,
} from '../kernel/units.ts';
import type { Dimension } from '../kernel/units.ts';

/** A schema from text to number by an exact pair of functions; `unreadable` says of a text why it has no number. */
function quantity(
  form: string,
  pattern: RegExp,
  read: (text: string) => number | undefined,
  write: (value: number) => string,
  unreadable = 'has more digits than its smallest unit, or is too large',
) {
  const text = Schema.String.annotate({ expected: form, description: form }).check(
    Schema.isPattern(pattern, { expected: form }),
  );
  return text.pipe(
    Schema.decodeTo(Schema.Finite, {
      decode: Getter.transformEffect((source: string) => {
        const value = read(source);
        if (value !== undefined) return Exit.succeed(value);
        return Exit.fail(new Issue.InvalidValue({ message: `"${source}" ${unreadable}` }, source));
      }),
      encode: Getter.transform(write),
    }),
  );
}

function ofDimension(dimension: Dimension) {
  return quantity(
    dimension.form,
    quantityPattern(dimension),
    (text) => readQuantity(text, dimension),
    (value) => writeQuantity(value, dimension),
  );
}

/** `4s` → 4,000,000 µs. */
export const DurationUs = ofDimension(dimensions.duration);
/** `-4s` → −4,000,000 µs. */
export const ShiftUs = ofDimension(dimensions.shift);
/** `10 Mbit/s` → 10,000,000 bits per second. */
export const BitsPerSecond = ofDimension(dimensions.bitRate);
/** `1 MiB` → 1,048,576 bytes. */
export const SizeBytes = ofDimension(dimensions.size);
/** `100ppm` → 100. */
export const Ppm = ofDimension(dimensions.rateError);
/** `1 GFLOP/s` → 1,000,000,000 operations per second. */
export const FlopsPerSecond = ofDimension(dimensions.computeRate);
/** `70%` → 0.7; from 0% to 100%. */
export const Share = quantity(percentageForm, percentagePattern, readShare, writePercentage, 'lies outside 0% to 100%');

function readShare(text: string): number | undefined {
  const share = readPercentage(text);
  return share !== undefined && share <= 1 ? share : undefined;
}

/** What can be switched off; off is null. */
export const Off = Schema.Literal('off').pipe(
  Schema.decodeTo(Schema.Null, {
    decode: Getter.transform(() => null),
    encode: Getter.transform(() => 'off' as const),
  }),
);

/** A duration, or `off` for what can be switched off; off is null. */
export const DurationUsOrOff = Schema.Union([DurationUs, Off]);

/** A whole number from 1, or `off` for what can be switched off; off is null. */
export const CountOrOff = Schema.Union([Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)), Off]);

/** A key that may be left out: `words` is its default as the file would write it. */
export function withDefault<S extends Schema.Constraint>(schema: S, words: S['Encoded']) {
  return Schema.withDecodingDefaultKey<S>(Exit.succeed(words))(schema);
}

