/**
 * Tables in the .xy format of smartcore's data sets (github.com/smartcorelib/smartcore, src/dataset).
 *
 * Little-endian: u64 features, u64 rows, then the features of each row as f32, then the label of each
 * row as f32, a whole number.
 */
import { DatasetRefused, sampleSideMax, samplesMax } from './dataset.ts';
import type { NamedFile } from './dataset.ts';
import { floatsOfBytes } from '../floats.ts';
import type { LabelledTable } from './standardised-features.ts';

const headerBytes = 16;

/** What a named data set must be. */
export interface ExpectedTable {
  readonly shape: LabelledTable['shape'];
  readonly classes: number;
}

/** The table of a file, which must have the expected features and classes. Throws `DatasetRefused`. */
export function parseXy({ name, bytes }: NamedFile, { shape, classes }: ExpectedTable): LabelledTable {
  const refuseIf = (condition: boolean, reason: string): void => {
    if (condition) throw new DatasetRefused(name, reason);
  };
  refuseIf(bytes.length < headerBytes, `${bytes.length} bytes are fewer than the header of an .xy file`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const features = Number(view.getBigUint64(0, true));
  const rows = Number(view.getBigUint64(8, true));
  refuseIf(features < 1 || features > sampleSideMax, `it has ${features} features; 1 to ${sampleSideMax} are possible`);
  refuseIf(rows < 1 || rows > samplesMax, `it has ${rows} rows; 1 to ${samplesMax} are possible`);
  const expectedBytes = headerBytes + 4 * rows * (features + 1);
  const what = bytes.length < expectedBytes ? 'is cut short' : 'has bytes behind its end';
  refuseIf(bytes.length !== expectedBytes, `the file ${what}: ${expectedBytes} bytes expected, ${bytes.length} found`);
  const wanted = shape.channels * shape.height * shape.width;
  refuseIf(features !== wanted, `it has ${features} features, and this data set has ${wanted}`);
  const numbers = floatsOfBytes(bytes.subarray(headerBytes));
  const odd = numbers.findIndex((value) => !Number.isFinite(value));
  refuseIf(odd >= 0, `number ${odd} is ${numbers[odd]}`);
  const labels = numbers.subarray(rows * features);
  const wrong = labels.findIndex((label) => !Number.isInteger(label) || label < 0 || label >= classes);
  refuseIf(wrong >= 0, `the label of row ${wrong} is ${labels[wrong]}; 0 to ${classes - 1} are possible`);
  return {
    name,
    shape,
    classes,
    labels: Uint8Array.from(labels),
    values: Float64Array.from(numbers.subarray(0, rows * features)),
    featureName: (feature) => `feature ${feature}`,
  };
}
