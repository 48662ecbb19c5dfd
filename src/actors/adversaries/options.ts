/**
 * What a scenario may say of an adversary under `wrap`, beside its name and whom it wraps.
 *
 * One name means one thing for all adversaries; each says which it reads, and its default.
 */
import * as Schema from 'effect/Schema';
import { attackFields } from '../../ml/attacks/attack.ts';
import { DurationUs } from '../../protocols/quantities.ts';

const about = (description: string) => ({ description });

/** Every option by name; all are optional in a file. */
export const optionSchemas = {
  factor: attackFields.factor.annotate(about('How strong the lie is: what it multiplies.')),
  deviation: attackFields.deviation.annotate(about('Standard deviation of the noise, for each coordinate.')),
  deviations: attackFields.z.annotate(about('Distance from the honest mean in standard deviations; null: as far as hides.')),
  share: attackFields.share.annotate(about('Share of the coordinates that are spoiled; one is always.')),
  lag: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 }))
    .annotate(about('How many rounds old an update is that is sent again.')),
  patience: DurationUs.annotate(about('How long it waits for what its tap may still bring.')),
  // Whether there are such nodes is asked where the scenario is known, and told with the nearest one.
  sides: Schema.NullOr(Schema.Array(Schema.Array(Schema.String)).check(Schema.isMinLength(2), Schema.isMaxLength(2)))
    .annotate(about('Who speaks with which copy; null: halves, drawn. Whoever stands on no side speaks with both.')),
} as const;

export type OptionName = keyof typeof optionSchemas;
/** Decoded options; an adversary finds those that it reads. */
export type OptionValues = { readonly [name in OptionName]?: (typeof optionSchemas)[name]['Type'] };
