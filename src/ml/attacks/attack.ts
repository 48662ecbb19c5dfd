/**
 * The attacks as data: which there are, what each is told, and what a liar must know for it.
 *
 * An attack is what a worker sends instead of its update. This file holds no arithmetic: that stands
 * in a file for each family, and forge.ts chooses among them. Who lies, when and to whom is decided elsewhere.
 */
import * as Schema from 'effect/Schema';

const number = (minimum: number, maximum: number) => Schema.Finite.check(Schema.isBetween({ minimum, maximum }));

/** What attacks are told, each with its range; a scenario's adversaries use the same schemas. */
export const attackFields = {
  /** How many times the own update is taken. */
  factor: number(0, 1e6),
  /** Mean of a coordinate. */
  mean: number(-64, 64),
  /** Standard deviation of a coordinate. */
  deviation: number(0, 1e6),
  /** Share of the coordinates that are no finite numbers; there is always one. */
  share: number(0, 1),
  /** How many times the mean of the honest updates is taken. */
  tau: number(0, 1e6),
  /** How many deviations a coordinate is from the mean; null for the most that hides among n workers with f liars. */
  z: Schema.NullOr(number(-100, 100)),
} as const;

const { factor, mean, deviation, share, tau, z } = attackFields;

/** What `learning/forge` can make. */
export const Attack = Schema.Union([
  Schema.Struct({ name: Schema.Literal('sign-flip'), factor }),
  Schema.Struct({ name: Schema.Literal('scaling'), factor }),
  Schema.Struct({ name: Schema.Literal('gaussian'), mean, deviation }),
  Schema.Struct({ name: Schema.Literal('zero') }),
  Schema.Struct({ name: Schema.Literal('non-finite'), share }),
  Schema.Struct({ name: Schema.Literal('ipm'), tau }),
  Schema.Struct({ name: Schema.Literal('alie'), z }),
]);
export type Attack = typeof Attack.Type;

export interface AttackDefinition {
  readonly name: Attack['name'] | 'label-flip';
  readonly about: string;
  /** The attack with its usual parameters; null where nothing is forged and what training gives is sent. */
  readonly usual: Attack | null;
  readonly needs: {
    /** The update that the liar would send if it were honest. */
    readonly own: boolean;
    /** Updates of honest workers: of one at least, of two for `alie`. */
    readonly honest: boolean;
    /** What `learning/train` is asked for. */
    readonly labels: 'given' | 'flipped';
  };
}

const nothing = { own: false, honest: false, labels: 'given' } as const;

/** All attacks, in the order in which they are listed to people. */
export const attacks: readonly AttackDefinition[] = [
  {
    name: 'sign-flip', about: 'its own update, turned round',
    usual: { name: 'sign-flip', factor: 1 }, needs: { ...nothing, own: true },
  },
  {
    name: 'scaling', about: 'its own update, many times over',
    usual: { name: 'scaling', factor: 10 }, needs: { ...nothing, own: true },
  },
  { name: 'gaussian', about: 'normal noise', usual: { name: 'gaussian', mean: 0, deviation: 1 }, needs: nothing },
  { name: 'zero', about: 'no change at all, and no work', usual: { name: 'zero' }, needs: nothing },
  {
    name: 'non-finite', about: 'its own update, with NaN and infinities planted in it',
    usual: { name: 'non-finite', share: 0.01 }, needs: { ...nothing, own: true },
  },
  {
    name: 'ipm', about: 'the mean of the honest updates, turned round',
    usual: { name: 'ipm', tau: 100 }, needs: { ...nothing, honest: true },
  },
  {
    name: 'alie', about: 'the mean of the honest updates, moved as far as their deviation hides it',
    usual: { name: 'alie', z: null }, needs: { ...nothing, honest: true },
  },
  {
    name: 'label-flip', about: 'what it learns from wrong labels: y becomes classes − 1 − y',
    usual: null, needs: { own: true, honest: false, labels: 'flipped' },
  },
];
