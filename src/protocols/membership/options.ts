/** What a scenario may set under `membership`. Durations decode to microseconds, `off` to null. */
import * as Schema from 'effect/Schema';
import type { ValueMap } from '../../kernel/codec.ts';
import type { Micros } from '../../kernel/time.ts';
import type { SectionDefinition } from '../define.ts';
import { DurationUsOrOff, withDefault } from '../quantities.ts';

/** `config.membership` of every role that speaks the protocol. */
export interface MembershipOptions {
  readonly announceEvery: Micros | null;
  readonly presenceTimeout: Micros | null;
  readonly exchangeEvery: Micros | null;
  readonly retryAfter: Micros | null;
}

const about = (text: string) => ({ description: text });

export const membershipSection: SectionDefinition = {
  key: 'membership',
  about: 'How nodes find each other through the bootstraps.',
  schema: Schema.Struct({
    announceEvery: withDefault(DurationUsOrOff, '5s').annotateKey(about('How often a node says that it is there.')),
    presenceTimeout: withDefault(DurationUsOrOff, '15s').annotateKey(about('Silence after which a node counts as gone.')),
    exchangeEvery: withDefault(DurationUsOrOff, '2s').annotateKey(about('How often bootstraps compare what they know.')),
    retryAfter: withDefault(DurationUsOrOff, '1s').annotateKey(about('First wait before a request is repeated.')),
  }),
};

/** The options of a node's configuration. */
export function membershipOptionsOf(config: ValueMap): MembershipOptions {
  return config['membership'] as unknown as MembershipOptions;
}
