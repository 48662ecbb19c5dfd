/** Silence: joins, says that it lives, and never sends an update; a failure that looks like patience. */
import { defineAdversary } from './define.ts';

const keptBack: ReadonlySet<string> = new Set(['UpdateSubmitted', 'UpdateClaimed']);

export const silence = defineAdversary<null>({
  name: 'silence',
  about: 'Joins and sends heartbeats, but no update.',
  roles: ['worker'],
  tap: 'own',
  overhears: [],
  copies: 1,
  reads: {},
  start: () => null,
  speak(_, command) {
    if (command.type !== 'send' || !keptBack.has(command.message.kind)) return undefined;
    return { say: [{ type: 'act', what: 'kept an update back' }] };
  },
});
