/**
 * Lies made of the liar's own update: turned round, or many times over.
 *
 * Sign flipping: L. Li, W. Xu, T. Chen, G. B. Giannakis, Q. Ling, "RSA: Byzantine-Robust Stochastic Aggregation
 * Methods for Distributed Learning from Heterogeneous Datasets", AAAI 2019. Scaling: the explicit boosting of
 * A. N. Bhagoji, S. Chakraborty, P. Mittal, S. Calo, "Analyzing Federated Learning through an Adversarial
 * Lens", ICML 2019.
 */

/** −factor · own. */
export function signFlip(own: Float32Array, factor: number): Float32Array {
  return own.map((coordinate) => -factor * coordinate);
}

/** factor · own. */
export function scaling(own: Float32Array, factor: number): Float32Array {
  return own.map((coordinate) => factor * coordinate);
}
