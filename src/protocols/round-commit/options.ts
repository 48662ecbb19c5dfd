/** What a scenario may set under `committee`. Durations decode to microseconds. */
import * as Schema from 'effect/Schema';
import type { ValueMap } from '../../kernel/codec.ts';
import type { Micros } from '../../kernel/time.ts';
import { SectionRefused } from '../define.ts';
import type { PrepareInput, SectionDefinition } from '../define.ts';
import { DurationUs, withDefault } from '../quantities.ts';
import { membersMax } from './messages.ts';
import { majorityOf } from './rules.ts';

/** `config.committee` of every role that speaks the protocol. */
export interface CommitteeOptions {
  /** A follower that hears of no leader for this long, and up to twice as long by chance, asks for votes. */
  readonly electionTimeout: Micros;
  readonly heartbeatEvery: Micros;
  /** Rounds between two checkpoints. */
  readonly checkpointEvery: number;
  /** How many members decide: every two such groups share a member. */
  readonly quorum: number;
  /** Whether a disk that answers keeps what it acknowledged. If not, every restarted member first asks the others. */
  readonly trustDisk: boolean;
}

const about = (text: string) => ({ description: text });

export const committeeSection: SectionDefinition = {
  key: 'committee',
  about: 'How aggregators agree on one model a round.',
  schema: Schema.Struct({
    electionTimeout: withDefault(DurationUs, '800ms')
      .annotateKey(about('Silence of the leader after which a member asks for votes; by chance up to twice as long.')),
    heartbeatEvery: withDefault(DurationUs, '200ms').annotateKey(about('How often a leader says that it leads.')),
    checkpointEvery: withDefault(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 })), 5)
      .annotateKey(about('Rounds between two checkpoints on disk.')),
    quorum: withDefault(Schema.Union([Schema.Literal('majority'), Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))]), 'majority')
      .annotateKey(about('How many aggregators decide; a majority is the fewest of whom any two groups share one.')),
    trustDisk: withDefault(Schema.Boolean, true)
      .annotateKey(about('Whether disks keep what they acknowledged; without trust a restarted member asks the others first.')),
  }),
  prepare: prepareCommittee,
  advise: adviseCommittee,
};

/** Fixes the quorum. Throws `SectionRefused` for one that cannot be met, or that would decide nothing. */
function prepareCommittee(section: ValueMap, { counts }: PrepareInput): ValueMap {
  const members = counts['aggregator'] ?? 0;
  const quorum = quorumOf(section, members);
  const group = `${quorum} of ${members} aggregators`;
  if (members > membersMax) {
    throw new SectionRefused(`a committee has at most ${membersMax} aggregators, and the scenario has ${members}`, []);
  }
  if (quorum > members) throw new SectionRefused(`a quorum of ${group} can never be met: ${quorum} > ${members}`, ['quorum']);
  if (2 * quorum <= members) {
    const sum = `${quorum} + ${quorum} <= ${members}`;
    throw new SectionRefused(`two quorums of ${group} need not share one (${sum}), and could commit two models of one round`, ['quorum']);
  }
  return { ...section, quorum };
}

function quorumOf({ quorum }: ValueMap, members: number): number {
  return typeof quorum === 'number' ? quorum : majorityOf(members);
}

/** What a committee of a size that few would choose survives. */
function adviseCommittee(section: ValueMap, counts: PrepareInput['counts']): readonly string[] {
  const members = counts['aggregator'] ?? 0;
  const quorum = quorumOf(section, members);
  const failures = (count: number) => (count === 1 ? '1 failure' : `${count} failures`);
  if (members === 1) return ['A committee of 1 aggregator survives no failure: while it is down, nothing is decided.'];
  // Of a committee that is refused besides, or that chose a larger quorum, there is nothing to say here.
  if (members === 0 || members % 2 === 1 || quorum !== majorityOf(members)) return [];
  const fewer = members - 1;
  const survived = members - quorum;
  return [
    `A committee of ${members} aggregators survives ${failures(survived)}, as one of ${fewer} does, ` +
      `and needs ${quorum} to decide where ${fewer} need ${majorityOf(fewer)}: an odd number is better.`,
  ];
}

/** The options of a node's configuration. */
export function committeeOptionsOf(config: ValueMap): CommitteeOptions {
  return config['committee'] as unknown as CommitteeOptions;
}
