/** The split of data that come as one set: sample i is for testing when i % 5 is 4, which is a fifth of them. */

/** Indices of both parts, ascending. */
export function everyFifth(samples: number): { readonly train: readonly number[]; readonly test: readonly number[] } {
  const train: number[] = [];
  const test: number[] = [];
  for (let index = 0; index < samples; index += 1) (index % 5 === 4 ? test : train).push(index);
  return { train, test };
}
