/** The seeds of a study: `5`, `1..5` or `[1, 4, 9]`. */
import { limits } from '../../kernel/limits.ts';
import type { SeedsWords } from './words.ts';

/** The seeds in their order, or what is wrong with them, as a sentence. */
export function seedsOf(words: SeedsWords): readonly number[] | string {
  if (typeof words === 'number') return [words];
  if (typeof words !== 'string') return listed(words);
  const [first, last] = words.split('..').map(Number) as [number, number];
  if (last < first) return `the range ${words} ends before it begins`;
  if (last - first >= limits.studyRunsMax) return `the range ${words} has more than ${limits.studyRunsMax} seeds`;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function listed(seeds: readonly number[]): readonly number[] | string {
  if (seeds.length === 0) return 'there is no seed in it, so nothing would run';
  const twice = seeds.find((seed, index) => seeds.indexOf(seed) < index);
  return twice === undefined ? seeds : `the seed ${twice} stands here twice`;
}

/** Seeds in few letters: `1..5`, or a list. */
export function seedsText(seeds: readonly number[]): string {
  const [first] = seeds;
  const inRow = seeds.length > 1 && seeds.every((seed, index) => seed === first! + index);
  return inRow ? `${first}..${seeds.at(-1)}` : seeds.join(', ');
}
