/** Signed frames at both ends: what a host makes of a signed kind, and what it lets in. */
import { describe, expect, it } from 'vitest';
import { send } from '../../src/actors/define.ts';
import type { IssuedCommand } from '../../src/actors/define.ts';
import type { Frame } from '../../src/host/frames.ts';
import { envelopeBytes } from '../../src/host/frames.ts';
import { HostedNode } from '../../src/host/node.ts';
import type { HostPorts } from '../../src/host/ports.ts';
import { decodeMessage, messageEvent } from '../../src/host/received-frames.ts';
import type { ReceivedFrame } from '../../src/host/received-frames.ts';
import { encode } from '../../src/kernel/codec.ts';
import { seedKey } from '../../src/kernel/draws.ts';
import { CountSchema, defineMessage, defineProtocol } from '../../src/protocols/define.ts';
import { isSignedBy } from '../../src/protocols/signed-frames.ts';
import type { SignedFrame } from '../../src/protocols/signed-frames.ts';
import { ed25519Node } from '../../src/run/ed25519-node.ts';
import { inputOf, reactingRole, stamp } from '../support/planted-role.ts';
import { publicKeysOf, signedFrame, signerOf, testSeed } from '../support/signatures.ts';

const protocol = defineProtocol({
  name: 'oaths', about: '', version: 1, transport: 'stream', tolerates: { crash: '', byzantine: '' },
  messages: [defineMessage('Sworn', { number: CountSchema }, ['number'], { signed: true }), defineMessage('Said', { number: CountSchema })],
  records: {}, invariants: [], phrases: [], measures: [],
});
const speaker = reactingRole(({ event }) => ({ commands: (event as unknown as { commands?: IssuedCommand[] }).commands ?? [] }), {}, {
  protocols: [protocol],
});

function speakerWith(frames: Frame[]): HostedNode {
  const ports: HostPorts = {
    transport: { send: (frame) => void frames.push(frame), refuse: () => {} },
    timers: { arm: () => {} }, store: { save: () => {} }, compute: { compute: () => {} }, blobs: { has: () => true },
    signer: signerOf(testSeed),
    observer: { record: () => true, reject: () => {}, acted: () => {}, input: () => 0, command: () => {} },
  };
  const node = new HostedNode({ id: 'planted-00', role: speaker, config: {} }, ports, seedKey(1, 0));
  node.start(stamp);
  return node;
}

const sworn = (number: number) => ({ kind: 'Sworn', number });
const said = (number: number) => ({ kind: 'Said', number });

/** Frames of one step that sends some messages to planted-01. */
function framesOf(...messages: (ReturnType<typeof sworn>)[]): Frame[] {
  const frames: Frame[] = [];
  const commands = messages.map((message) => send('planted-01', message));
  speakerWith(frames).handle(inputOf({ type: 'tell', commands } as never));
  return frames;
}

describe('a frame that leaves', () => {
  it('of a signed kind carries a signature of its sender and 64 bytes more', () => {
    const [frame] = framesOf(sworn(5)) as [Frame];
    expect(frame.sizeBytes).toBe(frame.bytes.length + envelopeBytes + 64);
    const { from, incarnation, to, message, signature } = frame;
    const proof = { from, incarnation, to, message, signature: signature! };
    expect(isSignedBy(proof, publicKeysOf([from])[from] as string, ed25519Node.verify)).toBe(true);
  });

  it('of any other kind carries none, and not even room for one', () => {
    const [frame] = framesOf(said(5)) as [Frame];
    expect(frame).not.toHaveProperty('signature');
    expect(frame.sizeBytes).toBe(frame.bytes.length + envelopeBytes);
  });
});

describe('a frame that arrives', () => {
  /** A frame from planted-07 to the node under test, honest unless changed. */
  function arriving(message: { kind: string; number: number }, change: Partial<ReceivedFrame> = {}): ReceivedFrame {
    return { ...signedFrame({ from: 'planted-07', incarnation: 4, to: 'planted-00', message }), bytes: encode(message), ...change };
  }
  const refusalOf = (frame: ReceivedFrame) => speakerWith([]).refusalOf(frame);
  const unsigned = (message: ReturnType<typeof sworn>): ReceivedFrame => {
    const { signature: _, ...frame } = arriving(message);
    return frame;
  };

  it('is welcome when it is signed exactly where its kind is', () => {
    expect(refusalOf(arriving(sworn(1)))).toBeUndefined();
    expect(refusalOf(unsigned(said(1)))).toBeUndefined();
  });

  it.each([
    ['other bytes', arriving(sworn(1), { message: sworn(2), bytes: encode(sworn(2)) })],
    ['bytes that hold no message', arriving(sworn(1), { message: { kind: '' }, bytes: Uint8Array.of(255) })],
    ['the kind of an unsigned message', arriving(sworn(1), { message: said(1), bytes: encode(said(1)) })],
    ['fields that no schema has', arriving(sworn(1), { message: { kind: 'Sworn' }, bytes: encode({ kind: 'Sworn' }) })],
    ['another sender', arriving(sworn(1), { from: 'planted-08' })],
    ['another life of its sender', arriving(sworn(1), { incarnation: 3 })],
    ['another receiver', arriving(sworn(1), { to: 'planted-09' })],
    ['a signature of another form', arriving(sworn(1), { signature: 'ABC' })],
    ['no signature', unsigned(sworn(1))],
    ['a good signature on a kind that has none', arriving(said(1))],
  ])('with %s is refused for its signature', (_, frame) => {
    expect(refusalOf(frame)).toBe('badSignature');
  });

  it('is refused for what it says once its signature is good', () => {
    expect(refusalOf(arriving({ kind: 'Sworn', number: -1 }))).toBe('schema');
    expect(refusalOf(arriving({ kind: 'Howled', number: 1 }))).toBe('unknownKind');
  });
});

describe('the event of a frame', () => {
  const frame = { ...signedFrame({ from: 'planted-07', incarnation: 4, to: 'planted-00', message: sworn(1) }), bytes: encode(sworn(1)) };

  it('has the signed frame beside the message, and nothing but what it covers', () => {
    const { signed, ...event } = messageEvent({ ...frame, sizeBytes: 3 } as ReceivedFrame) as unknown as { signed: SignedFrame };
    expect(event).toEqual({ type: 'Sworn', from: 'planted-07', message: sworn(1) });
    expect(signed).toEqual({ from: 'planted-07', incarnation: 4, to: 'planted-00', message: sworn(1), signature: frame.signature });
  });

  it('has no such field without a signature', () => {
    const { signature: _, ...plain } = frame;
    expect(messageEvent(plain)).not.toHaveProperty('signed');
  });
});

describe('the message in some bytes', () => {
  it('is what was encoded', () => {
    expect(decodeMessage(encode(sworn(1)))).toEqual(sworn(1));
  });

  it.each([null, 3, 'Sworn', ['Sworn'], Uint8Array.of(1), {}, { kind: 3 }])('is none in %o', (value) => {
    expect(decodeMessage(encode(value))).toBeUndefined();
  });

  it('is none where the bytes are malformed', () => {
    expect(decodeMessage(Uint8Array.of(0xff))).toBeUndefined();
  });
});
