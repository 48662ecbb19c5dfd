import { beforeEach, describe, expect, it } from 'vitest';
import * as Schema from 'effect/Schema';
import { act, compute, record, reject, roleSetup, save, send } from '../../src/actors/define.ts';
import type { IssuedCommand, RoleEvent } from '../../src/actors/define.ts';
import type { Frame } from '../../src/host/frames.ts';
import { envelopeBytes } from '../../src/host/frames.ts';
import { HostedNode } from '../../src/host/node.ts';
import type { HostPorts } from '../../src/host/ports.ts';
import { BlobStore } from '../../src/kernel/blobs.ts';
import { encode } from '../../src/kernel/codec.ts';
import type { Message } from '../../src/kernel/contract.ts';
import { seedKey } from '../../src/kernel/draws.ts';
import { limits } from '../../src/kernel/limits.ts';
import { BlobRefSchema, CountSchema, defineMessage, defineProtocol } from '../../src/protocols/define.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';
import { inputOf, roleOf, stamp } from '../support/planted-role.ts';
import { signerOf } from '../support/signatures.ts';

const protocol = defineProtocol({
  name: 'pages', about: '', version: 1, transport: 'stream', tolerates: { crash: '', byzantine: '' },
  messages: [
    defineMessage('PageSent', { number: CountSchema, text: Schema.String }, ['number']),
    defineMessage('BookSent', { lines: Schema.Array(Schema.String) }),
    defineMessage('PictureSent', { picture: BlobRefSchema }),
  ],
  records: {}, invariants: [], phrases: [], measures: [],
});

/** Does what the event tells it, and has one timer that it arms anew with each `wait`. */
const chart = roleSetup<object, RoleEvent>().createMachine({
  id: 'clerk',
  context: {},
  initial: 'ready',
  on: { tell: { actions: act(({ event }) => ({ commands: (event as unknown as { commands: IssuedCommand[] }).commands })) } },
  states: {
    ready: { on: { wait: 'waiting', finish: 'finished' } },
    waiting: { after: { 250: 'ready' }, on: { wait: { target: 'waiting', reenter: true }, stop: 'ready' } },
    finished: { type: 'final' },
  },
});
const clerk = roleOf(chart, { name: 'clerk', protocols: [protocol] });

/** What the ports were asked, in order. */
let asked: unknown[][] = [];
let frames: Frame[] = [];
let stopOnRecord = false;
const blobs = new BlobStore(sha256Node);

const ports: HostPorts = {
  transport: {
    send: (frame) => {
      frames.push(frame);
      asked.push(['send', frame.to, frame.kind]);
    },
    refuse: ({ to, kind }, reason) => asked.push(['refuse', to, kind, reason]),
  },
  timers: { arm: (node, timer, delayUs) => asked.push(['arm', node, timer.generation, timer.dueMono, delayUs]) },
  store: { save: (_, { key, value }) => asked.push(['save', key, value]) },
  compute: { compute: (_, { task, key }) => asked.push(['compute', task, key]) },
  blobs,
  signer: signerOf(1),
  observer: {
    record: (_, { kind }) => {
      asked.push(['record', kind]);
      return !stopOnRecord;
    },
    reject: (_, { reason }) => asked.push(['reject', reason]),
    acted: (_, wrapping, what) => asked.push(['acted', wrapping, what]),
    input: () => 41,
    command: (_, { type }, generation) => asked.push(['command', type, generation]),
  },
};

function startedClerk(): HostedNode {
  const node = new HostedNode({ id: 'clerk-00', role: clerk, config: {} }, ports, seedKey(1, 0));
  node.start(stamp);
  return node;
}

const tell = (...commands: IssuedCommand[]) => inputOf({ type: 'tell', commands } as never);
const page = (number: number, text = '') => send('clerk-01', { kind: 'PageSent', number, text });

beforeEach(() => {
  asked = [];
  frames = [];
  stopOnRecord = false;
});

describe('a hosted node', () => {
  it('carries commands out in their order, and shows each to the observer first', () => {
    startedClerk().handle(tell(page(1), save('page', 1), compute('test/read', 'page 1', {}), record('told', {}), reject('late')));
    expect(asked).toEqual([
      ['command', 'send', 0], ['send', 'clerk-01', 'PageSent'],
      ['command', 'save', 0], ['save', 'page', 1],
      ['command', 'compute', 0], ['compute', 'test/read', 'page 1'],
      ['record', 'told'],
      ['command', 'reject', 0], ['reject', 'late'],
    ]);
  });

  it('stops carrying out when a record stopped the node itself', () => {
    stopOnRecord = true;
    startedClerk().handle(tell(record('fatal', {}), page(1), record('never', {})));
    expect(asked).toEqual([['record', 'fatal']]);
  });

  it('arms timers on its monotonic clock with rising generations, and cancels them', () => {
    const node = startedClerk();
    for (const type of ['wait', 'wait', 'stop']) node.handle(inputOf({ type }));
    expect(asked).toEqual([
      ['command', 'arm', 1], ['arm', 'clerk-00', 1, stamp.mono + 250_000, 250_000],
      ['command', 'cancel', 0], ['command', 'arm', 2], ['arm', 'clerk-00', 2, stamp.mono + 250_000, 250_000],
      ['command', 'cancel', 0],
    ]);
    expect(node.timers.armed()).toEqual([]);
  });

  it('knows when its chart has reached a final state', () => {
    const node = startedClerk();
    expect([node.running, node.finished]).toEqual([true, false]);
    node.handle(inputOf({ type: 'finish' }));
    expect([node.running, node.finished]).toEqual([true, true]);
  });

  it('takes no input while it is down', () => {
    const node = startedClerk();
    node.stop();
    expect([node.running, node.finished]).toEqual([false, false]);
    expect(() => node.handle(tell())).toThrow('clerk-00 was given tell while it was down');
  });
});

describe('the frames of a node', () => {
  it('carry identity, cause, canonical bytes and the length that a link charges', () => {
    const picture = blobs.put(new Uint8Array(5_000));
    startedClerk().handle(tell(page(7, 'hello'), send('clerk-01', { kind: 'PictureSent', picture })));
    const [first, second] = frames as [Frame, Frame];
    expect(first).toMatchObject({
      from: 'clerk-00', incarnation: 0, to: 'clerk-01', key: 'number=7', occurrence: 0, cause: 41, transport: 'stream',
    });
    expect(first.bytes).toEqual(encode(first.message));
    expect(first.sizeBytes).toBe(first.bytes.length + envelopeBytes);
    expect(second.sizeBytes).toBe(second.bytes.length + 5_000 + envelopeBytes);
  });

  it('count occurrences for each receiver, kind and key, and anew in each life', () => {
    const node = startedClerk();
    node.handle(tell(page(1), page(1), page(2), send('clerk-02', { kind: 'PageSent', number: 1, text: '' })));
    expect(frames.map(({ occurrence }) => occurrence)).toEqual([0, 1, 0, 0]);
    node.stop();
    node.start(stamp);
    node.handle(tell(page(1)));
    expect(frames.at(-1)).toMatchObject({ incarnation: 1, occurrence: 0 });
    expect(new Set(frames.map(({ drawKey }) => JSON.stringify(drawKey))).size).toBe(frames.length);
  });

  it('keep their draws when another frame is not sent, and change them after a reseed', () => {
    const keysOf = (...numbers: number[]) => {
      frames = [];
      startedClerk().handle(tell(...numbers.map((number) => page(number))));
      return new Map(frames.map(({ key, drawKey }) => [key, drawKey]));
    };
    expect(keysOf(1, 2, 3).get('number=3')).toEqual(keysOf(3).get('number=3'));
    const node = startedClerk();
    node.reseed(seedKey(1, 9));
    node.handle(tell(page(3)));
    expect(frames.at(-1)!.drawKey).not.toEqual(keysOf(3).get('number=3'));
  });

  it('are refused when they are too large', () => {
    const lines = Array.from({ length: limits.frameBytesMax / 1_024 }, () => 'x'.repeat(1_024));
    startedClerk().handle(tell(send('clerk-01', { kind: 'BookSent', lines })));
    expect(asked).toEqual([['command', 'send', 0], ['refuse', 'clerk-01', 'BookSent', 'tooLarge']]);
  });

  it('hold no single value above 1 KiB, and neither do inputs of tasks', () => {
    const long = 'x'.repeat(limits.inlineValueBytesMax + 1);
    const blobWords = 'holds a value of 1025 bytes, and above 1024 it must be a blob';
    expect(() => startedClerk().handle(tell(page(1, long)))).toThrow(`the PageSent that clerk-00 sent ${blobWords}`);
    const input = { pages: [long] };
    const words = `the input of the task test/read of clerk-00 ${blobWords}`;
    expect(() => startedClerk().handle(tell(compute('test/read', 'page 1', input)))).toThrow(words);
  });
});

describe('what a node refuses from outside', () => {
  const arriving = (message: Message) => ({ from: 'clerk-01', incarnation: 0, to: 'clerk-00', message, bytes: encode(message) });
  const known = blobs.put(Uint8Array.of(1, 2, 3));

  it.each([
    [undefined, { kind: 'PageSent', number: 1, text: '' }],
    ['schema', { kind: 'PageSent', number: 1 }],
    ['unknownKind', { kind: 'LetterSent' }],
    [undefined, { kind: 'PictureSent', picture: known }],
    ['missingBlob', { kind: 'PictureSent', picture: { ...known, bytes: 4 } }],
    ['missingBlob', { kind: 'PictureSent', picture: { blob: '0'.repeat(64), bytes: 3 } }],
  ])('%s: %o', (refusal, message) => {
    expect(startedClerk().refusalOf(arriving(message))).toBe(refusal);
  });
});

describe('a saved node', () => {
  it('goes on as if nothing had happened', () => {
    const node = startedClerk();
    node.handle(tell(page(1)));
    node.handle(inputOf({ type: 'wait' }));
    const restored = new HostedNode({ id: 'clerk-00', role: clerk, config: {} }, ports, seedKey(1, 0));
    restored.load(node.save());
    expect(restored.save()).toEqual(node.save());
    expect(restored.timers.armed()).toEqual(node.timers.armed());
    asked = [];
    frames = [];
    for (const hosted of [node, restored]) hosted.handle(tell(page(1)));
    expect(frames[1]).toEqual(frames[0]);
    expect(frames[1]).toMatchObject({ occurrence: 1 });
  });

  it('is down when it was down', () => {
    const node = startedClerk();
    node.stop();
    const restored = new HostedNode({ id: 'clerk-00', role: clerk, config: {} }, ports, seedKey(1, 0));
    restored.load(node.save());
    expect([restored.running, restored.incarnation]).toEqual([false, 0]);
  });
});

describe('a node that is checked for purity', () => {
  it('finds a role that keeps state of its own, at the first step that shows it', () => {
    let lives = 0;
    const impure = roleOf(roleSetup<{ lives: number }, RoleEvent>().createMachine({ context: () => ({ lives: (lives += 1) }) }));
    const hosted = (pure: boolean) => new HostedNode({ id: 'planted-00', role: impure, config: {} }, ports, seedKey(1, 0), pure);
    expect(() => hosted(true).start(stamp)).toThrow('one input gave two answers');
    expect(() => hosted(false).start(stamp)).not.toThrow();
  });

  it('carries the commands of a fold out once', () => {
    const node = new HostedNode({ id: 'clerk-00', role: clerk, config: {} }, ports, seedKey(1, 0), true);
    node.start(stamp);
    node.handle(tell(page(1)));
    expect(asked).toEqual([['command', 'send', 0], ['send', 'clerk-01', 'PageSent']]);
  });
});
