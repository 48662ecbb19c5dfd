/**
 * The partition `dirichlet`: each class is divided by shares drawn from Dir(α) over the workers.
 *
 * Drawing a proportion of each class for each party is how Yurochkin et al. ("Bayesian nonparametric
 * federated learning", ICML 2019, §4) and most benchmarks since use the Dirichlet distribution that
 * Hsu, Qi and Brown ("Measuring the effects of non-identical data distribution", arXiv 1909.06335)
 * propose. A Dirichlet vector is a row of gamma variates over their sum, and each worker's variates
 * depend on its own name only.
 *
 * Samples find their owners by weighted rendezvous hashing, a race of exponential clocks (Schindelhauer
 * and Schomaker, "Weighted distributed hash tables", SPAA 2005): worker w wins sample i where
 * exponential(w, i) / weight(w, class of i) is least, which happens with probability weight / sum of
 * weights. So who leaves gives up its own samples only. Sizes are those of so many draws, not rounded
 * proportions.
 */
import { log } from '../../kernel/arithmetic.ts';
import { childKey, numberedKey, seedKey } from '../../kernel/draws.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Labels } from './dataset.ts';
import { logGammaVariate } from './gamma-variate.ts';
import { rankWords } from './sharding.ts';
import { streamOf } from '../streams.ts';

/** When a worker reaches each sample, as a logarithm: the earliest takes it. */
function timesOf(key: DrawKey, { labels, classes }: Labels, alpha: number): Float64Array {
  const logWeights = Float64Array.from({ length: classes }, (_, label) =>
    logGammaVariate(alpha, streamOf(numberedKey(key, label))),
  );
  const words = rankWords(key, labels.length);
  const times = new Float64Array(labels.length);
  for (let sample = 0; sample < labels.length; sample += 1) {
    // Half a step keeps the uniform away from 0 and 1. Logarithms hold weights far below the least float64.
    const exponential = -log((words[sample]! + 0.5) / 0x1_0000_0000);
    times[sample] = log(exponential) - logWeights[labels[sample]!]!;
  }
  return times;
}

/** The owner of each sample, as an index into `workers`, which stand in id order; the smaller id wins a tie. */
export function ownersByDirichlet(
  seed: number,
  workers: readonly NodeId[],
  data: Labels,
  alpha: number,
): Uint32Array {
  const key = childKey(seedKey(seed, 0), 'dirichlet');
  const owners = new Uint32Array(data.labels.length);
  const earliest = new Float64Array(data.labels.length).fill(Infinity);
  workers.forEach((worker, index) => {
    const times = timesOf(childKey(key, worker), data, alpha);
    for (let sample = 0; sample < times.length; sample += 1) {
      if (times[sample]! >= earliest[sample]!) continue;
      earliest[sample] = times[sample]!;
      owners[sample] = index;
    }
  });
  giveToEmptyHanded(owners, earliest, workers, (worker) => timesOf(childKey(key, worker), data, alpha));
  return owners;
}

/**
 * Lets each worker without a sample take the one that it came nearest to winning, from a worker that
 * has another. The papers' programs draw everything again until nobody is empty-handed, which for a
 * small α and many workers never ends, and re-rolls the shares of all.
 */
function giveToEmptyHanded(
  owners: Uint32Array,
  earliest: Float64Array,
  workers: readonly NodeId[],
  timesOfWorker: (worker: NodeId) => Float64Array,
): void {
  const held = new Uint32Array(workers.length);
  for (const owner of owners) held[owner]! += 1;
  workers.forEach((worker, index) => {
    if (held[index] !== 0) return;
    const times = timesOfWorker(worker);
    let nearest = -1;
    for (let sample = 0; sample < owners.length; sample += 1) {
      if (held[owners[sample]!]! < 2) continue;
      const late = times[sample]! - earliest[sample]!;
      if (nearest < 0 || late < times[nearest]! - earliest[nearest]!) nearest = sample;
    }
    if (nearest < 0) return; // There are fewer samples than workers.
    held[owners[nearest]!]! -= 1;
    held[index] = 1;
    owners[nearest] = index;
  });
}
