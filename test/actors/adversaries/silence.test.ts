import { expect, it } from 'vitest';
import { record, send } from '../../../src/actors/define.ts';
import { blobNamed } from '../../support/stepped-actor.ts';
import { claimed, SteppedLiar, submitted, trained, training } from '../../support/stepped-liar.ts';

const liar = new SteppedLiar('silence');
const keptBack = [{ type: 'act', what: 'kept an update back' }];

it('keeps its update back, and the digest of it', () => {
  expect(liar.says(submitted(1, blobNamed('a')))).toEqual(keptBack);
  expect(liar.says(claimed(1, blobNamed('a')))).toEqual(keptBack);
});

it('joins, trains and says that it lives', () => {
  const join = send('aggregator-00', { kind: 'JoinRequested', attempt: 1, holding: null });
  for (const command of [join, training(1), send('aggregator-00', { kind: 'HeartbeatSent', sequence: 1 }), record('update-sent', {})]) {
    expect(liar.says(command)).toEqual([command]);
  }
  const event = trained(1, blobNamed('a'));
  expect(liar.hears(event)).toEqual({ give: [{ copy: 0, event }], say: [] });
});
