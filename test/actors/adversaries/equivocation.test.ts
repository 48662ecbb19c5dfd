import { expect, it } from 'vitest';
import { send } from '../../../src/actors/define.ts';
import { blobNamed } from '../../support/stepped-actor.ts';
import { claimed, SteppedLiar, submitted, training } from '../../support/stepped-liar.ts';

const update = { blob: `${'ab'.repeat(31)}cd`, bytes: 64 };

it('tells its witness another digest than that of the update which it sends', () => {
  const liar = new SteppedLiar('equivocation');
  expect(liar.says(submitted(2, update))).toEqual([submitted(2, update)]);
  const [claim, deed] = liar.says(claimed(2, update)) as [{ to: string; message: { digest: string } }, unknown];
  expect(claim).toMatchObject({ to: 'aggregator-01', message: { kind: 'UpdateClaimed', round: 2, samples: 200 } });
  expect(claim.message.digest).toMatch(/^[0-9a-f]{64}$/u);
  expect(claim.message.digest).not.toBe(update.blob);
  expect(deed).toEqual({ type: 'act', what: 'signed two digests' });
});

it('says the same lie again, since a repeated claim has to agree with itself', () => {
  const liar = new SteppedLiar('equivocation');
  expect(liar.says(claimed(2, update))).toEqual(liar.says(claimed(2, update)));
});

it('is honest in everything else', () => {
  const liar = new SteppedLiar('equivocation');
  for (const command of [training(1), submitted(1, blobNamed('a')), send('aggregator-00', { kind: 'HeartbeatSent', sequence: 1 })]) {
    expect(liar.says(command)).toEqual([command]);
  }
});
