/**
 * The classes of a verdict, their order, and what a finding is.
 *
 * A run ends in exactly one class, the first of `precedence` that any finding has. Whether two
 * failures are the same one is decided here too, by their shape and never by a node's index or a
 * time, because shrinking changes both.
 */
import { compareText, parseNodeId } from '../kernel/ids.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { Fact } from '../kernel/properties.ts';
import type { Micros } from '../kernel/time.ts';
import type { Cause } from './causes.ts';

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

/** What stays the same when the same failure happens at another node, time or round. */
export interface FailureShape {
  readonly class: VerdictClass;
  readonly property: string;
  /** Roles of the nodes that the facts and causes name, sorted, each once. */
  readonly roles: readonly string[];
  /** Kinds of the events that led there, sorted, each once. */
  readonly kinds: readonly string[];
}

/** How many steps back the shape looks; further back, two runs of one bug differ by chance. */
const shapeDepth = 2;

/** The shape of a finding; `causes` are its causal ancestors, nearest first. */
export function failureShape(finding: Finding, causes: readonly Cause[]): FailureShape {
  const near = causes.slice(0, shapeDepth);
  const nodes = [finding.node, ...finding.facts.map((fact) => fact.node), ...near.map((cause) => cause.node)];
  return {
    class: finding.class,
    property: finding.property,
    roles: sortedOnce(nodes.filter((node) => node !== '').map((node) => parseNodeId(node)?.role ?? node)),
    kinds: sortedOnce(near.map((cause) => cause.event)),
  };
}

function sortedOnce(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort(compareText);
}

/** Whether two failures count as one. */
export function failsTheSameWay(a: FailureShape, b: FailureShape): boolean {
  return (
    a.class === b.class &&
    a.property === b.property &&
    a.roles.join(' ') === b.roles.join(' ') &&
    a.kinds.join(' ') === b.kinds.join(' ')
  );
}
