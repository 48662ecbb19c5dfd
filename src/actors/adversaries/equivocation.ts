/** Equivocation: tells its witness another digest than that of the update which it sends. */
import type { UpdateClaimed } from '../../protocols/training/messages.ts';
import { defineAdversary } from './define.ts';

/** Another digest, made of the true one: its digits backwards. A palindrome does not occur. */
function otherDigest(digest: string): string {
  return [...digest].toReversed().join('');
}

export const equivocation = defineAdversary<null>({
  name: 'equivocation',
  about: 'Signs one update for its aggregator and the digest of another for its witness.',
  roles: ['worker'],
  tap: 'own',
  overhears: [],
  copies: 1,
  reads: {},
  start: () => null,
  speak(_, command) {
    if (command.type !== 'send' || command.message.kind !== 'UpdateClaimed') return undefined;
    const claim = command.message as UpdateClaimed;
    const message: UpdateClaimed = { ...claim, digest: otherDigest(claim.digest) };
    return { say: [{ ...command, message }, { type: 'act', what: 'signed two digests' }] };
  },
});
