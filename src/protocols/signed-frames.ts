/**
 * A signed frame as a value: what one node said to another, with a proof that a third can check.
 *
 * Whoever is sent a message of a signed kind gets this beside the message, and may keep it and hand it
 * on. Which two frames contradict each other is for the protocol that has the words to say. Signing
 * is the host's work: actors hold no secrets, and only ask `isSignedBy` about frames shown to them.
 */
import * as Schema from 'effect/Schema';
import type { VerifySignature } from '../crypto/identity.ts';
import { fromHex } from '../kernel/bytes.ts';
import { encode } from '../kernel/codec.ts';
import type { Message } from '../kernel/contract.ts';
import type { NodeId } from '../kernel/ids.ts';
import { CountSchema, NodeIdSchema } from './define.ts';

/** What a signature covers: who told whom what, in which of the sender's lives. */
export type FrameStatement = {
  readonly from: NodeId;
  readonly incarnation: number;
  readonly to: NodeId;
  readonly message: Message;
};

/** A statement and its Ed25519 signature (RFC 8032), as 128 lower-case hexadecimal digits. */
export type SignedFrame = FrameStatement & { readonly signature: string };

const signaturePattern = /^[0-9a-f]{128}$/u;

/** Whether a text has the form of a signature. */
export function isSignatureText(text: string): boolean {
  return signaturePattern.test(text);
}

/**
 * A signed frame on the wire. Of its message only the kind is looked at: whoever judges it asks the
 * message's own definition, and whoever believes it asks `isSignedBy`.
 */
export const SignedFrameSchema = Schema.Struct({
  from: NodeIdSchema,
  incarnation: CountSchema,
  to: NodeIdSchema,
  message: Schema.StructWithRest(Schema.Struct({ kind: Schema.String }), [Schema.Record(Schema.String, Schema.Unknown)]),
  signature: Schema.String.check(Schema.isPattern(signaturePattern)),
});

/** Keeps a signature over a frame from being one over anything else that a key may ever sign. */
const domain = 'orrery signed frame v1';

/**
 * What is signed: the canonical bytes of everything but the signature. The message stands in it as
 * its own canonical bytes, which a host has at hand, and which nest no deeper than the message does.
 */
export function bytesToSign(
  { from, incarnation, to, message }: FrameStatement,
  messageBytes: Uint8Array = encode(message),
): Uint8Array {
  return encode([domain, from, incarnation, to, messageBytes]);
}

/** Whether a frame was signed, as it stands, with the secret of a public key of 64 hexadecimal digits. */
export function isSignedBy(frame: SignedFrame, publicKey: string, verify: VerifySignature): boolean {
  return isSignatureText(frame.signature) && verify(fromHex(frame.signature), bytesToSign(frame), fromHex(publicKey));
}
