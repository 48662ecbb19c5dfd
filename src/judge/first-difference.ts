/**
 * Where two traces part.
 *
 * Chain hashes agree up to a segment and never again after it, so the segment is found by bisection
 * and then read record by record. Damage is a difference like any other and is named by the sequence
 * number at which it stands. Nothing here says which of the two is right.
 */
import { equalBytes } from '../kernel/bytes.ts';
import { compareText } from '../kernel/ids.ts';
import type { Value, ValueMap } from '../kernel/codec.ts';
import { toSecondsText } from '../kernel/time.ts';
import { TraceRefused } from './trace-format.ts';
import type { RawSegment, TraceReader, TraceRecord } from './trace-reader.ts';

/** One side of a difference: a record, or why there is none. */
export type Side = { readonly record: TraceRecord } | { readonly missing: string };

/** The first thing in which two traces differ. `path` leads to the first differing part of the values. */
export type TraceDifference =
  | { readonly part: 'header'; readonly path: string } & Sides<Value | undefined>
  | { readonly part: 'record'; readonly sequence: number; readonly path: string } & Sides<Side>;

type Sides<Of> = { readonly left: Of; readonly right: Of };

/** Compares two traces; undefined when every byte that counts is the same. */
export function firstDifference(left: TraceReader, right: TraceReader): TraceDifference | undefined {
  const leftHeader: ValueMap = { chain: left.chain, ...left.header };
  const rightHeader: ValueMap = { chain: right.chain, ...right.header };
  const path = firstDifferingPath(leftHeader, rightHeader);
  if (path !== undefined) {
    return { part: 'header', path, left: partAt(leftHeader, path), right: partAt(rightHeader, path) };
  }
  const segment = firstDifferingSegment(left, right);
  return compareSegments(left, segmentAt(left, segment), right, segmentAt(right, segment));
}

/** Index of the first segment whose chain hashes differ, or that one side lacks. */
function firstDifferingSegment(left: TraceReader, right: TraceReader): number {
  const a = left.index().segments;
  const b = right.index().segments;
  let equalUpTo = 0;
  let differentFrom = Math.min(a.length, b.length);
  while (equalUpTo < differentFrom) {
    const middle = Math.floor((equalUpTo + differentFrom) / 2);
    if (a[middle]!.chainHash === b[middle]!.chainHash) equalUpTo = middle + 1;
    else differentFrom = middle;
  }
  return equalUpTo;
}

/** A segment's records, whole or damaged; without records where the trace has ended. */
function segmentAt(reader: TraceReader, segment: number): RawSegment {
  const { segments, offsets, damage } = reader.index();
  let firstPosition = 0;
  for (let index = 0; index < segment; index += 1) firstPosition += segments[index]!.records;
  if (segment >= segments.length && damage === undefined) {
    return { bytes: new Uint8Array(0), bounds: [0], firstPosition };
  }
  return reader.readSegment(offsets[segment]!, firstPosition);
}

function compareSegments(
  left: TraceReader,
  a: RawSegment,
  right: TraceReader,
  b: RawSegment,
): TraceDifference | undefined {
  const records = Math.max(a.bounds.length, b.bounds.length) - 1;
  for (let index = 0; index <= records; index += 1) {
    const aBytes = a.bytes.subarray(a.bounds[index], a.bounds[index + 1] ?? a.bounds[index]);
    const bBytes = b.bytes.subarray(b.bounds[index], b.bounds[index + 1] ?? b.bounds[index]);
    const past = index === records;
    if (past ? a.damage === undefined && b.damage === undefined : equalBytes(aBytes, bBytes)) continue;
    const leftSide = sideOf(left, a, index);
    const rightSide = sideOf(right, b, index);
    const position = a.firstPosition + index;
    const sequence = left.chain === 'trace' ? position : sequenceOf(leftSide, rightSide, position);
    return { part: 'record', sequence, path: differingField(leftSide, rightSide), left: leftSide, right: rightSide };
  }
  return undefined;
}

function sideOf(reader: TraceReader, segment: RawSegment, index: number): Side {
  if (index + 1 >= segment.bounds.length) {
    return { missing: segment.damage?.message ?? `the trace ends after ${segment.firstPosition + index} records` };
  }
  try {
    return { record: reader.parseRecord(segment, index) };
  } catch (error) {
    if (error instanceof TraceRefused) return { missing: error.message };
    throw error;
  }
}

/** The sequence number of an observation is that of the step that said it, not its place. */
function sequenceOf(left: Side, right: Side, position: number): number {
  if ('record' in left) return left.record.sequence;
  return 'record' in right ? right.record.sequence : position;
}

function differingField(left: Side, right: Side): string {
  if (!('record' in left) || !('record' in right)) return '';
  return firstDifferingPath({ ...left.record }, { ...right.record }) ?? '';
}

/**
 * The path to the first part in which two values differ, keys in text order and joined by dots; ''
 * when the values differ as a whole, undefined when they are the same.
 */
export function firstDifferingPath(left: Value | undefined, right: Value | undefined): string | undefined {
  if (Object.is(left, right)) return undefined;
  if (left instanceof Uint8Array && right instanceof Uint8Array) return equalBytes(left, right) ? undefined : '';
  if (!isBranch(left) || !isBranch(right) || Array.isArray(left) !== Array.isArray(right)) return '';
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  if (!Array.isArray(left)) keys.sort(compareText);
  for (const key of keys) {
    const below = firstDifferingPath(left[key], right[key]);
    if (below !== undefined) return below === '' ? key : `${key}.${below}`;
  }
  return undefined;
}

function isBranch(value: Value | undefined): value is ValueMap {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

function partAt(value: Value, path: string): Value | undefined {
  let part: Value | undefined = value;
  for (const key of path.split('.')) {
    if (!isBranch(part)) return part;
    part = part[key];
  }
  return part;
}

/** A difference in words, one line a side. */
export function describeDifference(difference: TraceDifference): readonly string[] {
  if (difference.part === 'header') {
    const { path, left, right } = difference;
    return [`the headers differ at ${path}`, `left:  ${valueText(left)}`, `right: ${valueText(right)}`];
  }
  const { sequence, path, left, right } = difference;
  const where = path === '' ? '' : ` at ${path}`;
  const isObserved = [left, right].some((side) => 'record' in side && side.record.kind === 'observation');
  const head = `the ${isObserved ? 'observations' : 'traces'} differ from record ${sequence} on${where}`;
  return [head, `left:  ${sideText(left)}`, `right: ${sideText(right)}`];
}

function sideText(side: Side): string {
  if ('missing' in side) return side.missing;
  const { kind, node, at, value } = side.record;
  return `${kind} of ${node === '' ? 'the world' : node} at ${toSecondsText(at)} s: ${valueText(value)}`;
}

const valueTextMax = 400;

/** A value as short text for people: bytes by their length, long text cut. */
export function valueText(value: Value | undefined): string {
  const text =
    value === undefined
      ? 'absent'
      : JSON.stringify(value, (_key, part: unknown) => (part instanceof Uint8Array ? `<${part.length} bytes>` : part));
  return text.length <= valueTextMax ? text : `${text.slice(0, valueTextMax)}…`;
}
