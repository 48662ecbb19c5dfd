/**
 * Softmax cross-entropy over a batch of scores, and its gradient, in plain arithmetic.
 *
 * A batch has a few hundred scores, so this costs microseconds next to the products; and with the
 * kernel's exp and log it has the same bits on every engine. Scores stand in columns: the score of
 * class c for sample s is at c · batch + s.
 */
import { exp, log } from '../../kernel/arithmetic.ts';

export interface BatchLoss {
  /** Sum over the samples of −log(probability of the right class), in nats. */
  readonly lossSum: number;
  /** Samples whose largest score belongs to the right class; of equal scores the first counts. */
  readonly correct: number;
}

/**
 * The loss of a batch. When `gradient` is given, it receives the gradient of the mean loss by the
 * scores, times `scale`: (probability − 1[right class]) · scale / batch.
 */
export function crossEntropy(
  scores: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
  gradient?: Float32Array,
  scale = 1,
): BatchLoss {
  const batch = labels.length;
  const exponentials = new Float64Array(classes);
  let lossSum = 0;
  let correct = 0;
  for (let sample = 0; sample < batch; sample += 1) {
    let best = 0;
    for (let c = 1; c < classes; c += 1) {
      if (scores[c * batch + sample]! > scores[best * batch + sample]!) best = c;
    }
    const largest = scores[best * batch + sample]!;
    let sum = 0;
    for (let c = 0; c < classes; c += 1) {
      exponentials[c] = exp(scores[c * batch + sample]! - largest);
      sum += exponentials[c]!;
    }
    const label = labels[sample]!;
    lossSum += log(sum) - (scores[label * batch + sample]! - largest);
    if (best === label) correct += 1;
    if (gradient === undefined) continue;
    for (let c = 0; c < classes; c += 1) {
      gradient[c * batch + sample] = ((exponentials[c]! / sum - (c === label ? 1 : 0)) * scale) / batch;
    }
  }
  return { lossSum, correct };
}
