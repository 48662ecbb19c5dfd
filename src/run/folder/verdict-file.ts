/**
 * verdict.json: what a run came to, as one JSON object; `--json` prints the same on one line.
 *
 * The schema is the contract with everybody who reads verdicts by machine. Keys that are not listed
 * are refused on reading, so that a misspelt or foreign file is named and not half understood.
 */
import * as Schema from 'effect/Schema';
import { exitCodes } from '../../judge/verdict.ts';
import type { VerdictClass } from '../../judge/verdict.ts';

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0));
const Seconds = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0));
const hash = /^[0-9a-f]{64}$/u;
const VerdictName = Schema.Literals(Object.keys(exitCodes) as VerdictClass[]);

const FactEntry = Schema.Struct({ sequence: Schema.Int, at: Count, node: Schema.String, words: Schema.String });

const FindingEntry = Schema.Struct({
  class: VerdictName,
  property: Schema.String,
  /** µs of virtual time. */
  at: Count,
  node: Schema.String,
  /** Sequence number of the event at which it showed. */
  event: Schema.Int,
  message: Schema.String,
  facts: Schema.optionalKey(Schema.Array(FactEntry)),
});

export const VerdictFile = Schema.Struct({
  verdict: VerdictName,
  scenario: Schema.String,
  seed: Count,
  world: Schema.Literals(['sim', 'memory', 'tcp']),
  /** Hash of the trace in hexadecimal; `-` where there is none. */
  trace: Schema.String.check(Schema.isPattern(/^(?:-|[0-9a-f]{64})$/u)),
  id: Schema.String.check(Schema.isPattern(/^(?:-|[0-9a-f]{12})$/u)),
  events: Count,
  messages: Count,
  virtualSeconds: Seconds,
  wallSeconds: Seconds,
  /** null where the scenario has no rounds, no accuracy or no model. */
  rounds: Schema.NullOr(Count),
  accuracy: Schema.NullOr(Schema.Finite),
  modelHash: Schema.NullOr(Schema.String.check(Schema.isPattern(hash))),
  faultHits: Schema.Record(Schema.String, Count),
  sometimes: Schema.Record(Schema.String, Count),
  rejected: Schema.Record(Schema.String, Count),
  findings: Schema.Array(FindingEntry),
  /** The line to paste. */
  replay: Schema.String,
  /** Present when the run was cut short. */
  partial: Schema.optionalKey(Schema.Literal(true)),
});
export type VerdictFile = typeof VerdictFile.Type;

const decodeVerdict = Schema.decodeUnknownSync(VerdictFile, { onExcessProperty: 'error' });

/** Reads verdict.json: the verdict, or what is wrong with the text, as the end of a sentence. */
export function parseVerdictFile(text: string): { readonly verdict: VerdictFile } | { readonly wrong: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { wrong: 'it is not JSON' };
  }
  try {
    return { verdict: decodeVerdict(json) };
  } catch (error) {
    return { wrong: (error as Error).message.replaceAll(/\s+/gu, ' ').trim() };
  }
}
