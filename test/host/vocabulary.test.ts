import { describe, expect, it } from 'vitest';
import * as Schema from 'effect/Schema';
import { Vocabulary } from '../../src/host/vocabulary.ts';
import { CountSchema, defineMessage, defineProtocol } from '../../src/protocols/define.ts';
import { reactingRole } from '../support/planted-role.ts';

const shape = { about: '', version: 1, tolerates: { crash: '', byzantine: '' }, records: {}, invariants: [], phrases: [], measures: [] };
const votes = defineProtocol({
  ...shape, name: 'votes', transport: 'stream',
  messages: [defineMessage('VoteCast', { round: CountSchema, voter: Schema.String, weight: CountSchema }, ['round', 'voter'])],
});
const beats = defineProtocol({ ...shape, name: 'beats', transport: 'datagram', messages: [defineMessage('Beat', {})] });
const vocabulary = new Vocabulary(reactingRole(() => ({}), {}, { protocols: [votes, beats] }));
const vote = { kind: 'VoteCast', round: 3, voter: 'worker-01', weight: 2 };

describe('what a role says', () => {
  it('is found in the protocol that has it', () => {
    expect(vocabulary.spoken(vote).protocol).toBe(votes);
    expect(vocabulary.spoken({ kind: 'Beat' }).protocol).toBe(beats);
  });

  it('has the key that its message declares, and no more', () => {
    expect(vocabulary.keyOf(vocabulary.spoken(vote), vote)).toBe('round=3 voter=worker-01');
    expect(vocabulary.keyOf(vocabulary.spoken({ kind: 'Beat' }), { kind: 'Beat' })).toBe('');
  });

  it('is a bug where none of its protocols has it', () => {
    expect(() => vocabulary.spoken({ kind: 'Shout' })).toThrow('role planted sent a Shout, which none of its protocols has');
  });
});

describe('what arrives', () => {
  it('is welcome when kind and schema agree', () => {
    expect(vocabulary.refusalOf('VoteCast', vote)).toBeUndefined();
    expect(vocabulary.refusalOf('Beat', { kind: 'Beat' })).toBeUndefined();
  });

  it.each([
    ['unknownKind', 'Shout', { kind: 'Shout' }],
    ['schema', 'VoteCast', { ...vote, kind: 'Beat' }],
    ['schema', 'Beat', vote],
    ['schema', 'VoteCast', { ...vote, round: -1 }],
    ['schema', 'VoteCast', { ...vote, round: 1.5 }],
    ['schema', 'VoteCast', { ...vote, extra: true }],
    ['schema', 'VoteCast', { kind: 'VoteCast', round: 3 }],
    ['schema', 'VoteCast', null],
    ['schema', 'VoteCast', 'VoteCast'],
    ['schema', 'VoteCast', [vote]],
  ] as const)('is refused for %s: %s %o', (reason, kind, message) => {
    expect(vocabulary.refusalOf(kind, message)).toBe(reason);
  });
});
