/** Frames from their sending to their end, from records of a trace. */
import { describe, expect, it } from 'vitest';
import { signatureBytes } from '../../../src/crypto/identity.ts';
import { envelopeBytes } from '../../../src/host/frames.ts';
import type { TraceRecord } from '../../../src/judge/trace-reader.ts';
import { encode } from '../../../src/kernel/codec.ts';
import type { Value } from '../../../src/kernel/codec.ts';
import { CountSchema, defineMessage } from '../../../src/protocols/define.ts';
import { FrameLedger } from '../../../src/report/run-tables/frame-ledger.ts';

const definitions = new Map([
  ['Called', defineMessage('Called', { attempt: CountSchema }, ['attempt'])],
  ['Pledged', defineMessage('Pledged', { round: CountSchema }, ['round'], { signed: true })],
]);

/** A ledger, what it was told, and what it said of it. */
function ledger() {
  const said: string[] = [];
  const book = new FrameLedger(definitions, {
    sent: (kind, at, bytes) => void said.push(`${kind} sent at ${at}, ${bytes} bytes`),
    arrived: (kind, delayUs) => void said.push(`${kind} arrived after ${delayUs}`),
    ended: (kind) => void said.push(`${kind} ended`),
  });
  let sequence = 0;
  const record = (kind: TraceRecord['kind'], node: string, at: number, value: Value): void => {
    book.record({ kind, node, at, value, sequence, position: sequence });
    sequence += 1;
  };
  return {
    said,
    start: (node: string, incarnation: number, at: number) => record('input', node, at, [at, at, 0, { type: 'start', incarnation }]),
    send: (from: string, to: string, at: number, message: Value) => record('commands', from, at, ['send', to, message]),
    arrive: (from: string, to: string, at: number, message: Value) => record('input', to, at, [at, at, 0, from, message]),
    fate: (fate: string, to: string, identity: string) => record('frameFate', to, 0, [fate, identity]),
    record,
  };
}

const called = (attempt: number) => ({ kind: 'Called', attempt });

describe('a frame', () => {
  it('is charged as the links charge it, blobs and signature included', () => {
    const { said, send } = ledger();
    const pledge = { kind: 'Pledged', round: 1, update: { blob: 'a'.repeat(64), bytes: 4_000 } };
    send('a-00', 'b-00', 5, pledge);
    const bytes = encode(pledge).length + 4_000 + envelopeBytes + signatureBytes;
    expect(said).toEqual([`Pledged sent at 5, ${bytes} bytes`]);
  });

  it('arrives once, after its delay; signed ones too', () => {
    const { said, send, arrive, record } = ledger();
    send('a-00', 'b-00', 10, called(1));
    arrive('a-00', 'b-00', 35, called(1));
    arrive('a-00', 'b-00', 36, called(1));
    send('a-00', 'b-00', 40, { kind: 'Pledged', round: 2 });
    record('input', 'b-00', 90, [90, 90, 0, 'a-00', 0, 'signature', { kind: 'Pledged', round: 2 }]);
    expect(said.filter((line) => line.includes('arrived'))).toEqual(['Called arrived after 25', 'Pledged arrived after 50']);
  });

  it('that was lost is not taken for the one that was sent again', () => {
    const { said, send, arrive, fate } = ledger();
    send('a-00', 'b-00', 0, called(1));
    send('a-00', 'b-00', 100, called(1));
    fate('retransmitted', 'b-00', 'a-00#0>b-00 Called attempt=1 /1');
    fate('lost', 'b-00', 'a-00#0>b-00 Called attempt=1 /0');
    arrive('a-00', 'b-00', 130, called(1));
    expect(said.slice(2)).toEqual(['Called ended', 'Called arrived after 30']);
  });

  it('of a new life has a new count, and other receivers and keys are other frames', () => {
    const { said, start, send, fate, arrive } = ledger();
    send('a-00', 'b-00', 0, called(1));
    start('a-00', 1, 5);
    send('a-00', 'b-00', 10, called(1));
    send('a-00', 'b-01', 11, called(1));
    send('a-00', 'b-00', 12, called(2));
    fate('dropped', 'b-00', 'a-00#1>b-00 Called attempt=1 /0');
    arrive('a-00', 'b-00', 20, called(2));
    arrive('a-00', 'b-00', 21, called(1));
    arrive('a-00', 'b-01', 22, called(1));
    expect(said.slice(4)).toEqual(['Called ended', 'Called arrived after 8', 'Called arrived after 21', 'Called arrived after 11']);
  });

  it('is followed without a definition, by its kind alone', () => {
    const { said, send, arrive } = ledger();
    send('a-00', 'b-00', 0, { kind: 'Foreign', n: 1 });
    arrive('a-00', 'b-00', 7, { kind: 'Foreign', n: 1 });
    expect(said[1]).toBe('Foreign arrived after 7');
  });

  it('is not seen in what is no frame', () => {
    const { said, record } = ledger();
    const commands: Value[] = [null, 'send', ['send'], ['send', 'b-00', 'text'], ['arm', 'x', 1, 2, 'x'], { type: 'save' }];
    for (const value of commands) record('commands', 'a-00', 0, value);
    for (const value of [null, [1, 2, 3], [1, 2, 3, 'a', 'b']]) record('input', 'a-00', 0, value);
    expect(said).toEqual([]);
  });
});
