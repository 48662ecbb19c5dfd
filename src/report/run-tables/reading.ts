/**
 * One pass over a stored run, for everybody who makes a table of it.
 *
 * Observations come first and then the trace, each in its own order. Time is virtual and counted in
 * microseconds here; tables say it in seconds or milliseconds, in the names of their columns. The
 * trace of a long run is read up to a bound, and the report says so.
 */
import type { Value, ValueMap } from '../../kernel/codec.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { microsPerMs, microsPerSecond } from '../../kernel/time.ts';
import type { Micros } from '../../kernel/time.ts';
import type { TraceReader, TraceRecord } from '../../judge/trace-reader.ts';

/** What a node, or the world about a node, observed. */
export interface SeenObservation {
  readonly at: Micros;
  readonly node: NodeId;
  readonly kind: string;
  readonly data: ValueMap;
}

/** Whoever makes a table; each is shown what it asks for. */
export interface RunReader {
  observation?(observation: SeenObservation): void;
  record?(record: TraceRecord): void;
}

/** Most records of a trace that are read: a few seconds' worth. */
export const recordsReadMax = 1_000_000;

export interface Pass {
  /** Until when the trace was read; undefined when all of it was. */
  readonly traceReadUntilUs: Micros | undefined;
}

/** Shows a run to its readers. Throws `TraceRefused` for a trace that is damaged. */
export function readRun(
  { trace, observations }: { readonly trace: TraceReader; readonly observations: TraceReader },
  readers: readonly RunReader[],
): Pass {
  for (const { at, node, value } of observations.records()) {
    const [kind, data] = Array.isArray(value) ? (value as readonly Value[]) : [];
    if (typeof kind !== 'string' || !isMap(data)) continue;
    for (const reader of readers) reader.observation?.({ at, node, kind, data });
  }
  let count = 0;
  for (const record of trace.records()) {
    count += 1;
    if (count > recordsReadMax) return { traceReadUntilUs: record.at };
    for (const reader of readers) reader.record?.(record);
  }
  return { traceReadUntilUs: undefined };
}

/** Whether a value is a map of values. */
export function isMap(value: unknown): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** A field's number; undefined where it has none. */
export function numberIn(data: ValueMap, field: string): number | undefined {
  const value = data[field];
  return typeof value === 'number' ? value : undefined;
}

/** A field's text; undefined where it has none. */
export function textIn(data: ValueMap, field: string): string | undefined {
  const value = data[field];
  return typeof value === 'string' ? value : undefined;
}

export function seconds(us: Micros): number {
  return us / microsPerSecond;
}

export function milliseconds(us: Micros): number {
  return us / microsPerMs;
}
