/**
 * The task of lying: what an adversary computes in place of an update. See attacks/attack.ts.
 *
 * It stands beside the honest tasks so that a lie, too, is a pure function of its input, with its own work and
 * virtual time. Label flipping is no forgery: `learning/train` does it.
 */
import type { Attack } from '../attacks/attack.ts';
import { forgeUpdate } from '../attacks/forge.ts';
import { bytesOfFloats } from '../floats.ts';
import { parameterCount } from '../models/models.ts';
import { readVector } from './task-blobs.ts';
import { defineLearningTask } from './task-definition.ts';
import { ForgeInput } from './task-inputs.ts';

/** Estimated floating-point operations for each coordinate, of `honest` updates that are seen. */
function operationsOf({ name }: Attack, honest: number): number {
  switch (name) {
    case 'gaussian':
      return 40; // A keyed uniform and the quotient of two polynomials.
    case 'ipm':
      return 2 * honest + 2;
    case 'alie':
      return 5 * honest + 4; // Two for the mean, three for the deviation.
    default:
      return 2;
  }
}

export const forgeTask = defineLearningTask({
  name: 'forge',
  version: 1,
  input: ForgeInput,
  work: ({ model, attack, honest }) => parameterCount(model) * operationsOf(attack, honest.length),
  run({ model, attack, own, honest, ...rest }, context) {
    const knowledge = {
      ...rest,
      dimensions: parameterCount(model),
      own: own === null ? null : readVector(model, own, 'own update', context),
      honest: honest.map((update, place) => readVector(model, update, `honest update ${place + 1}`, context)),
    };
    return { update: context.write(bytesOfFloats(forgeUpdate(attack, knowledge))) };
  },
});
