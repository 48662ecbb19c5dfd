/**
 * Keys and signed frames for tests: the derived, insecure keys of the simulator, and real signatures.
 *
 * Where a test gives messages by hand, `heard` makes the event that a host would make, so that a role
 * gets real proof for the kinds that are signed, and nothing more for all others.
 */
import type { RoleDefinition } from '../../src/actors/define.ts';
import { SimulatedIdentities } from '../../src/crypto/simulated-identities.ts';
import { messageEvent } from '../../src/host/received-frames.ts';
import { toHex } from '../../src/kernel/bytes.ts';
import type { ValueMap } from '../../src/kernel/codec.ts';
import type { InputEvent } from '../../src/kernel/contract.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import { bytesToSign } from '../../src/protocols/signed-frames.ts';
import type { FrameStatement, SignedFrame } from '../../src/protocols/signed-frames.ts';
import { ed25519Node } from '../../src/run/ed25519-node.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { RememberingSigner } from '../../src/worlds/sim/signing.ts';

/** The keys of a run of a seed. */
export function identitiesOf(seed: number): SimulatedIdentities {
  return new SimulatedIdentities({ seed, sha256: sha256Node, scheme: ed25519Node });
}

/** The signer of a run of a seed, with an empty memory. */
export const signerOf = (seed: number): RememberingSigner => new RememberingSigner(identitiesOf(seed), sha256Node);

/** The seed behind every key of a test that has no run and so no seed of its own. */
export const testSeed = 1;
const testIdentities = identitiesOf(testSeed);
const testSigner = new RememberingSigner(testIdentities, sha256Node);

/** `config.publicKeys` of some nodes. */
export function publicKeysOf(nodes: readonly NodeId[], identities = testIdentities): ValueMap {
  return Object.fromEntries(nodes.map((node) => [node, toHex(identities.publicKeyOf(node))]));
}

/** A statement under the key of its sender. */
export function signedFrame(statement: FrameStatement): SignedFrame {
  return { ...statement, signature: toHex(testSigner.sign(statement.from, bytesToSign(statement))) };
}

/** What an actor of a role is given when it is told something. */
export function heard(role: RoleDefinition, statement: FrameStatement): InputEvent {
  const isSigned = role.protocols.some(({ messages }) => messages.some(({ kind, signed }) => signed && kind === statement.message.kind));
  return messageEvent(isSigned ? signedFrame(statement) : statement);
}
