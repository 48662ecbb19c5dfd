/** The nearest right word to a wrong one, for error messages. */

/**
 * Edits between two words: insertions, deletions, substitutions and swaps of neighbours
 * (optimal string alignment, a restricted Damerau–Levenshtein distance).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, beforeLast[column - 2]! + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}

/** Longer words are cut before they are compared, so that hostile input costs little. */
const comparedLengthMax = 80;

/**
 * The candidate with the fewest edits, the first one among equals; undefined when nothing is near:
 * more than half of the word's letters, at least two, would have to change.
 */
export function nearestWord(word: string, candidates: Iterable<string>): string | undefined {
  const wrong = word.slice(0, comparedLengthMax).toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(wrong.length / 2)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wrong, candidate.slice(0, comparedLengthMax).toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
