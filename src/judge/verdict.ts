/**
 * The classes of a verdict, their order, and what a finding is.
 *
 * A run ends in exactly one class, the first of `precedence` that any finding has.
 */
import { compareText } from '../kernel/ids.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { Fact } from '../kernel/properties.ts';
import type { Micros } from '../kernel/time.ts';

/** Exit code of each class. Code 1 means that Orrery itself broke and is no verdict. */
export const exitCodes = Object.freeze({
  pass: 0,
  invalid: 2,
  fail: 20,
  crash: 21,
  stalled: 22,
  vacuous: 23,
  nondeterministic: 24,
  bounded: 25,
  interrupted: 130,
} as const);

export type VerdictClass = keyof typeof exitCodes;

/**
 * Strongest class first. `invalid` stands early because nothing that an invalid run did counts;
 * `bounded` (a check that ran out of room) stands last because it found nothing.
 */
export const precedence: readonly VerdictClass[] = Object.freeze([
  'interrupted',
  'invalid',
  'crash',
  'nondeterministic',
  'fail',
  'stalled',
  'vacuous',
  'bounded',
  'pass',
] as const);

/** One reason why a run did not simply pass. */
export interface Finding {
  readonly class: VerdictClass;
  /** The property in words; empty where none is concerned (a crash). */
  readonly property: string;
  readonly at: Micros;
  /** Empty where no single node is concerned. */
  readonly node: NodeId;
  /** Sequence number of the event at which it showed. */
  readonly event: number;
  readonly message: string;
  readonly facts: readonly Fact[];
}

/** The class of a run from all that was found in it. */
export function verdictOf(findings: readonly Pick<Finding, 'class'>[]): VerdictClass {
  const found = new Set(findings.map((finding) => finding.class));
  return precedence.find((verdict) => found.has(verdict)) ?? 'pass';
}

/** Findings with the strongest class first, and earlier ones first within a class. */
export function inOrderOfWeight(findings: readonly Finding[]): Finding[] {
  const weight = (finding: Finding) => precedence.indexOf(finding.class);
  return [...findings].sort(
    (a, b) => weight(a) - weight(b) || a.event - b.event || compareText(a.property, b.property),
  );
}
