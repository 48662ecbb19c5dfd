/** A difference between two runs as a finding of the verdict `nondeterministic`. */
import { describeDifference } from '../judge/first-difference.ts';
import type { TraceDifference } from '../judge/first-difference.ts';
import type { Finding } from '../judge/verdict.ts';

/** Names the record in which two traces part; `sides` says which run is which. */
export function findingOfDifference(difference: TraceDifference, sides: readonly [string, string]): Finding {
  const [head, left, right] = describeDifference(difference);
  const message = `${head}; ${sides[0]} run: ${withoutSide(left)}; ${sides[1]} run: ${withoutSide(right)}`;
  const where = { at: 0, node: '', event: 0 };
  if (difference.part === 'record') {
    where.event = difference.sequence;
    const known = [difference.left, difference.right].find((side) => 'record' in side);
    if (known !== undefined && 'record' in known) {
      where.at = known.record.at;
      where.node = known.record.node;
    }
  }
  return { class: 'nondeterministic', property: '', ...where, message, facts: [] };
}

function withoutSide(line: string | undefined): string {
  return (line ?? '').replace(/^(?:left|right): +/u, '');
}
