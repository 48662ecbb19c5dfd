/**
 * The key pairs of simulated nodes. INSECURE by design: whoever knows the seed of a run knows every
 * secret in it, and the seed stands in the scenario.
 *
 * They exist so that a run repeats bit for bit, signatures included. A secret is derived when it is
 * first needed and stays in here: it is part of no snapshot, checkpoint, journal, trace or
 * configuration. Live worlds never use this file; their secrets are the operating system's entropy.
 */
import type { Sha256 } from '../kernel/blobs.ts';
import { encode } from '../kernel/codec.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { SignatureScheme, Signer } from './identity.ts';

/** Separates these digests from all others, and tells whoever meets them what they are. */
const domain = 'orrery insecure simulated Ed25519 secret v1';

export interface SimulatedIdentitiesOptions {
  /** The seed of the run. */
  readonly seed: number;
  readonly sha256: Sha256;
  readonly scheme: SignatureScheme;
}

export class SimulatedIdentities {
  readonly #options: SimulatedIdentitiesOptions;
  readonly #signers = new Map<NodeId, Signer>();

  constructor(options: SimulatedIdentitiesOptions) {
    this.#options = options;
  }

  /** The key pair of a node: its secret is SHA-256 of domain, seed and id, in canonical bytes. */
  signerOf(node: NodeId): Signer {
    let signer = this.#signers.get(node);
    if (signer === undefined) {
      const { seed, sha256, scheme } = this.#options;
      signer = scheme.signerOf(sha256(encode([domain, seed, node])));
      this.#signers.set(node, signer);
    }
    return signer;
  }

  /** The public key of a node, 32 bytes. */
  publicKeyOf(node: NodeId): Uint8Array {
    return this.signerOf(node).publicKey;
  }

  /** Whether a node has signed some bytes, by arithmetic alone. */
  verify(node: NodeId, bytes: Uint8Array, signature: Uint8Array): boolean {
    return this.#options.scheme.verify(signature, bytes, this.publicKeyOf(node));
  }
}
