/**
 * Label flipping: the liar trains by the book, on labels that are wrong.
 *
 * y becomes classes − 1 − y, as in S. P. Karimireddy, L. He, M. Jaggi, "Byzantine-Robust Learning on
 * Heterogeneous Datasets via Bucketing", ICLR 2022. Twice flipped is given.
 */
import type { Dataset } from '../data/dataset.ts';

/** The dataset with its labels flipped; samples and their order stay. */
export function flipLabels(dataset: Dataset): Dataset {
  return { ...dataset, labels: dataset.labels.map((label) => dataset.classes - 1 - label) };
}
