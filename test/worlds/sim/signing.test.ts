/** Signed frames in the simulator: delivered as proof, refused when altered, kept over a restore. */
import { describe, expect, it } from 'vitest';
import { ed25519Pure } from '../../../src/crypto/ed25519.ts';
import { SimulatedIdentities } from '../../../src/crypto/simulated-identities.ts';
import { encodeCommands, Fold } from '../../../src/host/fold.ts';
import type { SignerPort } from '../../../src/host/ports.ts';
import { concatBytes, toHex } from '../../../src/kernel/bytes.ts';
import type { Value } from '../../../src/kernel/codec.ts';
import { encode } from '../../../src/kernel/codec.ts';
import { isSignedBy } from '../../../src/protocols/signed-frames.ts';
import type { SignedFrame } from '../../../src/protocols/signed-frames.ts';
import { ed25519Node } from '../../../src/run/ed25519-node.ts';
import { sha256Node } from '../../../src/run/sha256-node.ts';
import { RememberingSigner } from '../../../src/worlds/sim/signing.ts';
import { identitiesOf, publicKeysOf } from '../../support/signatures.ts';
import { fault, nodes, simulated, SimulatedRun } from '../../support/sim-world.ts';
import type { Given, Setting } from '../../support/sim-world.ts';
import { pledgeRounds, witnesses } from '../../support/witness.ts';

const seed = 1;
const others = witnesses(3, identitiesOf(seed));
const ids = others.map(({ id }) => id);
const keys = publicKeysOf(ids, identitiesOf(seed)) as Record<string, string>;
const tampering = fault('tamper', { kind: 'link', from: nodes(...ids), to: nodes(...ids), link: { tamper: 0.4 } });
const proofIn = ({ input }: Given): SignedFrame => (input.event as unknown as { signed: SignedFrame }).signed;

/** How often OpenSSL was asked, behind the world's signer. */
function countedSigner(): { signer: SignerPort; counts: { signed: number; verified: number } } {
  const counts = { signed: 0, verified: 0 };
  const identities = new SimulatedIdentities({
    seed, sha256: sha256Node,
    scheme: {
      signerOf: (secret) => {
        const { publicKey, sign } = ed25519Node.signerOf(secret);
        return { publicKey, sign: (bytes) => (counts.signed += 1, sign(bytes)) };
      },
      verify: (...parts) => (counts.verified += 1, ed25519Node.verify(...parts)),
    },
  });
  return { signer: new RememberingSigner(identities, sha256Node), counts };
}

describe('a signed message in the simulator', () => {
  it('reaches its actor as proof that anybody can check, and others believe it when they are shown it', () => {
    const run = simulated({ others });
    const pledged = ids.flatMap((id) => run.inputsOf(id, 'Pledged'));
    expect(pledged).toHaveLength(ids.length * (ids.length - 1) * pledgeRounds);
    for (const given of pledged) {
      const proof = proofIn(given);
      const { from, message } = given.input.event;
      expect(proof).toMatchObject({ from, incarnation: 0, to: given.node, message });
      expect(isSignedBy(proof, keys[proof.from]!, ed25519Node.verify)).toBe(true);
    }
    expect(run.of('pledge-shown')).toHaveLength(pledged.length);
    expect(run.rejected('forged')).toBe(0);
  });

  it('has its signature in the trace: other signatures give another hash, and nothing else differs', () => {
    const otherKeys = new RememberingSigner(identitiesOf(seed + 1), sha256Node);
    const silent = others.map((node) => ({ ...node, config: { ...node.config, publicKeys: {} } }));
    const one = simulated({ others: silent });
    const other = simulated({ others: silent, signer: otherKeys });
    expect(other.given.map(({ type, atUs }) => [type, atUs])).toEqual(one.given.map(({ type, atUs }) => [type, atUs]));
    const pledge = one.given.findIndex(({ type }) => type === 'Pledged');
    expect(other.given[pledge]!.input.event['message']).toEqual(one.given[pledge]!.input.event['message']);
    expect(other.hashes().trace).not.toBe(one.hashes().trace);
    expect(simulated({ others: silent }).hashes().trace).toBe(one.hashes().trace);
  });

  it('may be stepped twice, and its actor may verify while a step runs', () => {
    expect(simulated({ others, pure: true }).hashes()).toEqual(simulated({ others }).hashes());
  });
});

describe('a signed frame that is altered on its way', () => {
  it('is refused as badSignature, whatever its bytes now say', () => {
    const run = simulated({ others, faults: [tampering] });
    const altered = run.fates('altered');
    const signed = altered.filter((identity) => identity.includes(' Pledged '));
    expect(signed.length).toBeGreaterThan(3);
    expect(run.rejected('badSignature')).toBe(signed.length);
    expect(run.fates('badSignature')).toEqual(expect.arrayContaining(signed));
  });

  it('leaves others untouched: what is delivered still verifies', () => {
    const run = simulated({ others, faults: [tampering] });
    const proofs = ids.flatMap((id) => run.inputsOf(id, 'Pledged')).map(proofIn);
    expect(proofs.length).toBeGreaterThan(3);
    for (const proof of proofs) expect(isSignedBy(proof, keys[proof.from]!, ed25519Node.verify)).toBe(true);
  });
});

describe('a checkpoint with signed frames on their way', () => {
  it.each([[[]], [[tampering]]])('goes on to the same end, with a signer that remembers nothing: faults %j', (faults) => {
    const setting: Setting = { others, faults };
    const whole = simulated(setting).hashes();
    const begun = new SimulatedRun(setting);
    begun.world.begin();
    let inFlight = 0;
    for (let step = 0; begun.world.advance(4).kind === 'budget'; step += 1) {
      const saved = begun.save();
      if (holdsSignature(saved.world, begun)) inFlight += 1;
      if (step % 3 !== 0) continue;
      const resumed = new SimulatedRun(setting).resume(saved);
      resumed.finish();
      expect(resumed.hashes()).toEqual(whole);
    }
    expect(inFlight).toBeGreaterThan(3);
  });

  /** Whether a checkpoint holds a signature that no actor has been given yet. */
  function holdsSignature(world: Uint8Array, { given }: SimulatedRun): boolean {
    const known = new Set(given.flatMap((one) => (one.type === 'Pledged' ? [proofIn(one).signature] : [])));
    const text = new TextDecoder('latin1').decode(world);
    return [...text.matchAll(/[0-9a-f]{128}/gu)].some(([signature]) => !known.has(signature));
  }
});

describe('the inputs of a run with signed frames', () => {
  it('fold to the same commands', () => {
    const run = simulated({ others, faults: [tampering] });
    const folds = new Map(others.map(({ id, role, config }) => [id, new Fold(role, id, config)]));
    const folded = run.given.flatMap(({ node, input }) => folds.get(node)!.take(input).filter(({ type }) => type === 'send'));
    const sent = run.sends.map(({ to, message }) => ({ type: 'send' as const, to, message }));
    expect(toHex(encodeCommands(folded))).toBe(toHex(encodeCommands(sent)));
    expect(sent.length).toBeGreaterThan(20);
  });
});

describe('the signer of the simulator', () => {
  it('signs each text once and verifies nothing that arrives as it left', () => {
    const { signer, counts } = countedSigner();
    const run = simulated({ others, signer });
    expect(counts).toEqual({ signed: run.sends.filter(({ message }) => message.kind === 'Pledged').length, verified: 0 });
    const text = Uint8Array.of(1);
    expect(signer.sign('witness-00', text)).toEqual(signer.sign('witness-00', text));
    expect(signer.sign('witness-01', text)).not.toEqual(signer.sign('witness-00', text));
    expect(counts.signed).toBe(run.sends.filter(({ message }) => message.kind === 'Pledged').length + 2);
  });

  it('verifies whatever it has not signed just so', () => {
    const { signer, counts } = countedSigner();
    const text = Uint8Array.of(1, 2, 3);
    const signature = signer.sign('witness-00', text);
    const changed = signature.slice();
    changed[40]! ^= 1;
    expect(signer.verify('witness-00', text, signature)).toBe(true);
    expect(counts.verified).toBe(0);
    expect(signer.verify('witness-00', text, changed)).toBe(false);
    expect(signer.verify('witness-01', text, signature)).toBe(false);
    expect(signer.verify('witness-00', Uint8Array.of(1, 2, 4), signature)).toBe(false);
    expect(signer.verify('witness-00', text, Uint8Array.of())).toBe(false);
    expect(counts.verified).toBe(4);
    expect(countedSigner().signer.verify('witness-00', text, signature)).toBe(true);
  });

  it('keeps its secrets out of checkpoint, configuration and inputs', () => {
    const secrets: Uint8Array[] = [];
    const scheme = { ...ed25519Pure, signerOf: (secret: Uint8Array) => (secrets.push(secret), ed25519Node.signerOf(secret)) };
    const identities = new SimulatedIdentities({ seed, sha256: sha256Node, scheme });
    const run = new SimulatedRun({ others, signer: new RememberingSigner(identities, sha256Node) });
    run.world.begin();
    const checkpoints: Uint8Array[] = [];
    while (run.world.advance(10).kind === 'budget') checkpoints.push(run.world.checkpoint());
    const heard = run.given.map(({ input }) => encode(input as unknown as Value));
    const configured = others.map(({ config }) => encode(config));
    const everything = toHex(concatBytes(...checkpoints, ...heard, ...configured));
    expect(secrets).toHaveLength(ids.length);
    expect(everything).toContain(toHex(encode(keys['witness-00']!)));
    for (const secret of secrets) {
      expect(everything).not.toContain(toHex(secret));
      expect(everything).not.toContain(toHex(new TextEncoder().encode(toHex(secret))));
    }
  });
});
