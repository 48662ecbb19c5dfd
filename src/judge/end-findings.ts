/**
 * What the end of a run says about each property and fault.
 *
 * - A violated `always` is `fail`, whenever it happened.
 * - An `eventually` whose bound passed with the wrong value is `fail`; one that the run did not live
 *   to decide is `stalled`, because the run stopped making progress towards it.
 * - A `sometimes` that never held, a stated `always` whose antecedent never fired, and a hand-written
 *   fault that hit nothing are `vacuous`: the run passed without having tried what it was for.
 * - `expect: breaks X` turns the break of X into a pass and its absence into `fail`.
 * A run that was cut short is not blamed for what it had no time to do.
 */
import type { DeclaredFault, PropertyTally, RunEnd } from './tally.ts';
import type { Finding, VerdictClass } from './verdict.ts';

/** All findings of a run, in the order of its properties and then of its faults. */
export function findingsAtEnd(
  tallies: readonly PropertyTally[],
  faults: readonly DeclaredFault[],
  faultHits: ReadonlyMap<string, number>,
  end: RunEnd,
): Finding[] {
  const findings: Finding[] = [];
  for (const tally of tallies) {
    const found = tally.breaks ? breakFinding(tally, end) : tallyFinding(tally, end);
    if (found !== undefined) findings.push(found);
  }
  if (!end.complete) return findings;
  for (const { id, drawn } of faults) {
    if (drawn || (faultHits.get(id) ?? 0) > 0) continue;
    findings.push(absence('vacuous', `fault ${id} hits something`, `the fault "${id}" hit nothing`, end));
  }
  return findings;
}

function tallyFinding(tally: PropertyTally, end: RunEnd): Finding | undefined {
  if (tally.finding !== null) return tally.finding;
  if (!end.complete || tally.held > 0) return undefined;
  const { name, kind } = tally.property;
  if (kind === 'eventually') return stalledFinding(tally, end);
  if (kind === 'sometimes') return absence('vacuous', name, 'this never happened', end);
  // An invariant speaks of every run, so one that does not concern this run is only told.
  if (!tally.stated) return undefined;
  return absence('vacuous', name, 'nothing ever happened of which this could be true or false', end);
}

function stalledFinding({ property, standing }: PropertyTally, end: RunEnd): Finding {
  const message = `still not so when the run ended because ${end.because}`;
  const finding = absence('stalled', property.name, message, end);
  if (standing === null) return finding;
  return { ...finding, message: `${message}: ${standing.because}`, facts: standing.facts };
}

/** Broken means violated for `always`, and never fulfilled for the other kinds. */
function breakFinding(tally: PropertyTally, end: RunEnd): Finding | undefined {
  const broken = tally.finding !== null || (tally.property.kind !== 'always' && tally.held === 0);
  if (broken || !end.complete) return undefined;
  const because = tally.applied === 0 ? 'its antecedent never fired' : `it held ${tally.held} times`;
  return absence('fail', tally.property.name, `this run had to break it, and did not: ${because}`, end);
}

function absence(verdict: VerdictClass, property: string, message: string, end: RunEnd): Finding {
  return { class: verdict, property, at: end.at, node: '', event: end.sequence, message, facts: [] };
}
