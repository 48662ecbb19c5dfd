/**
 * Small roles for tests of scenario words: enough of a training protocol to speak of rounds, and a
 * datagram protocol to tell transports apart. They run nowhere.
 */
import * as Schema from 'effect/Schema';
import { defineRole, roleSetup } from '../../../src/actors/define.ts';
import type { RoleDefinition } from '../../../src/actors/define.ts';
import { irrelevant } from '../../../src/kernel/properties.ts';
import type { Property, PropertyKind } from '../../../src/kernel/properties.ts';
import { defineMessage, defineProtocol } from '../../../src/protocols/define.ts';
import { DurationUs, Share, withDefault } from '../../../src/protocols/quantities.ts';
import { createRegistry } from '../../../src/run/registry.ts';

function property(name: string, kind: PropertyKind): Property {
  return { name, kind, watches: ['round-opened'], start: () => null, observe: () => irrelevant };
}

export const training = defineProtocol({
  name: 'training',
  about: 'Rounds of updates.',
  version: 1,
  transport: 'stream',
  tolerates: { crash: 'any worker', byzantine: 'nobody' },
  messages: [defineMessage('Submit', { round: Schema.Int }, ['round']), defineMessage('Accept', { round: Schema.Int }, ['round'])],
  records: { 'round-opened': 'A round began.', 'update-counted': 'An update was counted.' },
  section: {
    key: 'training',
    about: 'What is trained, and in how many rounds.',
    schema: Schema.Struct({
      dataset: withDefault(Schema.Literals(['digits', 'mnist']), 'digits'),
      model: withDefault(Schema.Literals(['mlp', 'softmax', 'bowl']), 'mlp'),
      rounds: withDefault(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 })), 20),
      quorum: withDefault(Share, '70%'),
      roundTimeout: withDefault(DurationUs, '4s'),
      aggregate: withDefault(Schema.Literals(['mean', 'median']), 'mean'),
    }),
  },
  invariants: [property('an update counts once', 'always')],
  phrases: [property('one model per round', 'always'), property('a round closed without full attendance', 'sometimes')],
  measures: [{ name: 'accuracy', about: 'Share of right answers.', kind: 'round-closed', field: 'accuracy', roundField: 'round' }],
});

const gossip = defineProtocol({
  name: 'gossip',
  about: 'Rumours in datagrams.',
  version: 1,
  transport: 'datagram',
  tolerates: { crash: 'anybody', byzantine: 'nobody' },
  messages: [defineMessage('Rumour', { id: Schema.String }, ['id'])],
  records: { 'rumour-heard': 'A rumour arrived.' },
  invariants: [],
  phrases: [property('everybody heard', 'eventually')],
  measures: [{ name: 'reach', about: 'Share of nodes that heard.', kind: 'rumour-heard', field: 'reach' }],
});

const machine = roleSetup<{ rounds: number }, { type: 'go' }>().createMachine({
  context: { rounds: 0 },
  initial: 'follower',
  states: { follower: { on: { go: 'leader' } }, leader: { tags: ['busy'] } },
});

function role(name: string, protocol: RoleDefinition['protocols'][number]): RoleDefinition {
  return defineRole({ name, about: `The ${name}.`, machine, protocols: [protocol], knows: [], tasks: [] });
}

export const roles = [
  role('bootstrap', training),
  role('aggregator', training),
  role('worker', training),
  role('client', training),
  role('gossiper', gossip),
];

export const registry = createRegistry(roles);
