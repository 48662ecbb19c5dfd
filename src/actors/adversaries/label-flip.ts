/**
 * Label flip: trains on labels that are turned round, y → classes − 1 − y (V. Tolpegin et al., "Data
 * Poisoning Attacks Against Federated Learning Systems", ESORICS 2020). The lie is in the data; what the
 * worker sends is a true gradient of it.
 */
import type { ValueMap } from '../../kernel/codec.ts';
import { defineAdversary } from './define.ts';
import { trainingOf } from './lying.ts';

export const labelFlip = defineAdversary<null>({
  name: 'label-flip',
  about: 'Trains on labels that are turned round.',
  roles: ['worker'],
  tap: 'own',
  overhears: [],
  copies: 1,
  reads: {},
  refuses({ training }) {
    return training?.['model'] === 'bowl' ? 'the bowl has no labels to flip: expected another model, or another adversary' : undefined;
  },
  start: () => null,
  speak(_, command) {
    if (command.type !== 'compute' || trainingOf(command) === undefined) return undefined;
    const input = { ...(command.input as ValueMap), labels: 'flipped' };
    return { say: [{ ...command, input }, { type: 'act', what: 'flipped labels' }] };
  },
});
