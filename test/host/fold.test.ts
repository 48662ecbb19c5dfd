import { describe, expect, it } from 'vitest';
import { record } from '../../src/actors/define.ts';
import { encodeCommands, Fold, foldIncarnation } from '../../src/host/fold.ts';
import { decode, encode } from '../../src/kernel/codec.ts';
import { inputOf, reactingRole } from '../support/planted-role.ts';

const counter = reactingRole(({ context }) => {
  const count = (context['count'] as number) + 1;
  return { context: { count }, commands: [record('counted', { count })] };
}, { count: 0 });

const start = inputOf({ type: 'start', incarnation: 0 });
const go = inputOf({ type: 'Go' });
const contextOf = (snapshot: Uint8Array): unknown => (decode(snapshot) as { context: unknown }).context;

describe('a fold', () => {
  it('gives the commands of each input and the snapshot after it', () => {
    const journal = { node: 'planted-00', incarnation: 0, config: {}, inputs: [start, go, go] };
    const steps = [...foldIncarnation(counter, journal)];
    expect(steps.map(({ commands }) => commands)).toEqual([[], [record('counted', { count: 1 })], [record('counted', { count: 2 })]]);
    expect(steps.map(({ snapshot }) => contextOf(snapshot))).toEqual([{ count: 0 }, { count: 1 }, { count: 2 }]);
  });

  it('begins anew with each start, as an incarnation does', () => {
    const fold = new Fold(counter, 'planted-00', {});
    for (const input of [start, go, go, inputOf({ type: 'start', incarnation: 1 }), go]) fold.take(input);
    expect(contextOf(fold.snapshot())).toEqual({ count: 1 });
  });

  it.each([
    ['an input before the start', [go], 'the journal of planted-00 does not open with a start'],
    ['a start without its incarnation', [inputOf({ type: 'start' })], 'does not name its incarnation'],
  ])('refuses %s', (_, inputs, message) => {
    const fold = new Fold(counter, 'planted-00', {});
    expect(() => inputs.map((input) => fold.take(input))).toThrow(message);
    expect(() => fold.snapshot()).toThrow('planted-00 has not started');
  });

  it('writes commands as canonical bytes', () => {
    expect(encodeCommands([record('counted', { count: 1 })])).toEqual(encode([{ type: 'record', kind: 'counted', data: { count: 1 } }]));
  });
});
