/**
 * The signer port of the simulator: derived keys, and a memory of what they have signed.
 *
 * To sign takes some 40 µs and to verify 110 µs over OpenSSL (measured), where a whole event takes a
 * few, and most frames arrive as they left. So each distinct text is signed once, and a signature that
 * was made here over exactly these bytes is not verified again: RFC 8032 §5.1.7 accepts every signature
 * that §5.1.6 makes, so the arithmetic could only say yes. Whatever differs in a byte, or was signed
 * before a restore, is verified for real. The memory decides nothing and is no part of the world's value.
 */
import type { SimulatedIdentities } from '../../crypto/simulated-identities.ts';
import type { SignerPort } from '../../host/ports.ts';
import type { Sha256 } from '../../kernel/blobs.ts';
import { equalBytes, toHex } from '../../kernel/bytes.ts';
import type { NodeId } from '../../kernel/ids.ts';

/** Signatures that are remembered, the latest ones: about 5 MB. */
const signaturesMax = 16_384;

export class RememberingSigner implements SignerPort {
  readonly #identities: SimulatedIdentities;
  readonly #sha256: Sha256;
  /** By signer and digest of the text. */
  readonly #signatures = new Map<string, Uint8Array>();

  constructor(identities: SimulatedIdentities, sha256: Sha256) {
    this.#identities = identities;
    this.#sha256 = sha256;
  }

  sign(node: NodeId, bytes: Uint8Array): Uint8Array {
    const name = this.#nameOf(node, bytes);
    let signature = this.#signatures.get(name);
    if (signature === undefined) {
      signature = this.#identities.signerOf(node).sign(bytes);
      this.#remember(name, signature);
    }
    return signature;
  }

  verify(node: NodeId, bytes: Uint8Array, signature: Uint8Array): boolean {
    const made = this.#signatures.get(this.#nameOf(node, bytes));
    // Another signature than the one made here may be right as well, so a difference proves nothing.
    return (made !== undefined && equalBytes(made, signature)) || this.#identities.verify(node, bytes, signature);
  }

  #nameOf(node: NodeId, bytes: Uint8Array): string {
    return `${node} ${toHex(this.#sha256(bytes))}`;
  }

  #remember(name: string, signature: Uint8Array): void {
    this.#signatures.set(name, signature);
    if (this.#signatures.size <= signaturesMax) return;
    for (const oldest of this.#signatures.keys()) {
      this.#signatures.delete(oldest);
      return;
    }
  }
}
