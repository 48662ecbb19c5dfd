/**
 * Tables of numbers as datasets: split, then each feature brought to mean 0 and deviation 1.
 *
 * Mean and (population) deviation are those of the training rows, so that nothing of the test set is
 * known in training. A feature that never changes in training is 0 in both sets.
 */
import { DatasetRefused } from './dataset.ts';
import type { DatasetSplit, NumberDataset } from './dataset.ts';
import { everyFifth } from './splits.ts';

/** A table as it was read. */
export interface LabelledTable {
  /** What the file is called. */
  readonly name: string;
  /** How the features of a row lie; a plain row is 1 × 1 × features. */
  readonly shape: { readonly channels: number; readonly height: number; readonly width: number };
  readonly classes: number;
  readonly labels: Uint8Array;
  /** Finite numbers, rows × features. */
  readonly values: Float64Array;
  /** What a feature is called in messages. */
  readonly featureName: (feature: number) => string;
}

/** Fewer rows than this leave nothing to test with. */
const rowsMin = 5;

/** Splits a table and standardises it. Throws `DatasetRefused`. */
export function standardisedSplit(table: LabelledTable): DatasetSplit<NumberDataset> {
  const { name, shape, classes, labels } = table;
  if (labels.length < rowsMin) {
    throw new DatasetRefused(name, `${labels.length} rows are too few: every fifth is for testing, so ${rowsMin} are needed`);
  }
  const { train, test } = everyFifth(labels.length);
  const features = shape.channels * shape.height * shape.width;
  const standardised = new Float32Array(table.values.length);
  for (let feature = 0; feature < features; feature += 1) standardise(table, feature, features, train, standardised);
  const part = (rows: readonly number[]): NumberDataset => {
    const values = new Float32Array(rows.length * features);
    rows.forEach((row, at) => values.set(standardised.subarray(row * features, (row + 1) * features), at * features));
    return { ...shape, classes, labels: Uint8Array.from(rows, (row) => labels[row]!), values };
  };
  return { train: part(train), test: part(test) };
}

/** Fills one feature of all rows. */
function standardise(
  { name, values, featureName }: LabelledTable,
  feature: number,
  features: number,
  train: readonly number[],
  standardised: Float32Array,
): void {
  const known = train.map((row) => values[row * features + feature]!);
  // Equal numbers are told by comparing, because their mean may be rounded away from them.
  if (known.every((value) => value === known[0])) return;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const variance = known.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / known.length;
  const deviation = Math.sqrt(variance);
  for (let at = feature; at < values.length; at += features) {
    standardised[at] = (values[at]! - mean) / deviation;
    if (Number.isFinite(standardised[at]) && Number.isFinite(deviation)) continue;
    throw new DatasetRefused(name, `${featureName(feature)} has numbers too large or too close together to be brought to one scale`);
  }
}
