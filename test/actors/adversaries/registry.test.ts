/** What every adversary of the house says of itself has to fit together, and to what a scenario may set. */
import * as Schema from 'effect/Schema';
import { describe, expect, it } from 'vitest';
import { optionSchemas } from '../../../src/actors/adversaries/options.ts';
import type { OptionName } from '../../../src/actors/adversaries/options.ts';
import { builtinAdversaries } from '../../../src/actors/adversaries/registry.ts';
import { builtinRoles } from '../../../src/actors/registry.ts';
import { toHex } from '../../../src/kernel/bytes.ts';
import { encode } from '../../../src/kernel/codec.ts';
import { attacks } from '../../../src/ml/attacks/attack.ts';
import { forgeTask } from '../../../src/ml/tasks/forging-tasks.ts';
import { planted } from '../../support/planted-adversary.ts';
import { stamp } from '../../support/planted-role.ts';
import { blobNamed } from '../../support/stepped-actor.ts';
import { SteppedLiar, trained, training } from '../../support/stepped-liar.ts';

const adversaries = [...builtinAdversaries.values()];
const schemaOf = (name: string) => optionSchemas[name as OptionName] as unknown as Schema.Codec<unknown, unknown>;
/** A value of each option, as a scenario file would say it. */
const words: Readonly<Record<OptionName, unknown>> = {
  factor: 2.5, deviation: 0.5, deviations: 1.2, share: 0.25, lag: 4, patience: '250ms',
  sides: [['worker-00'], ['worker-01', 'aggregator-00']],
};

it('all attacks that are known have an adversary that makes them, and the plan has all its adversaries', () => {
  const expected = [...attacks.map(({ name }) => name), 'stale-replay', 'equivocation', 'silence', 'twins'];
  expect([...builtinAdversaries.keys()]).toEqual([...expected].sort());
  for (const [name, adversary] of builtinAdversaries) expect(adversary.name).toBe(name);
});

describe.each(adversaries)('$name', ({ roles, tap, overhears, reads, copies, about, notice, start }) => {
  it('wraps roles that there are, and overhears what some role says', () => {
    for (const role of roles ?? []) expect(builtinRoles.map((one) => one.name)).toContain(role);
    const kinds = builtinRoles.flatMap(({ protocols }) => protocols.flatMap(({ messages }) => messages.map(({ kind }) => kind)));
    for (const kind of overhears) expect(kinds).toContain(kind);
    expect(tap === 'own').toBe(overhears.length === 0);
    expect(tap === 'own' || notice !== undefined).toBe(true);
    expect(about).toMatch(/^[A-Z].*\.$/u);
    expect([1, 2]).toContain(copies);
  });

  it('has defaults that a scenario could have written, and options that decode', () => {
    for (const [option, standard] of Object.entries(reads)) {
      const schema = schemaOf(option);
      expect(Schema.decodeUnknownSync(schema)(Schema.encodeUnknownSync(schema)(standard))).toEqual(standard);
      expect(Schema.decodeUnknownSync(schema)(words[option as OptionName])).not.toEqual(standard);
    }
  });

  it('starts with a plain value, in which its options stand', () => {
    const valueOf = (option: string) => Schema.decodeUnknownSync(schemaOf(option))(words[option as OptionName]);
    const given = Object.fromEntries(Object.keys(reads).map((option) => [option, valueOf(option)]));
    const [usual, changed] = [reads, given].map((options) =>
      toHex(encode(start({ self: 'worker-00', incarnation: 0, config: {}, ...stamp, liars: [], honest: [], options }))));
    expect(changed === usual).toBe(Object.keys(reads).length === 0);
  });
});

it.each([
  ['factor', -1], ['factor', 1e7], ['deviation', '1'], ['deviations', 101], ['share', 2], ['lag', 0], ['lag', 1.5], ['patience', 5],
  ['sides', [['worker-00']]], ['sides', [['worker-00'], ['worker-01'], []]], ['sides', ['worker-00', 'worker-01']],
])('the option %s refuses %j', (option, value) => {
  expect(() => Schema.decodeUnknownSync(schemaOf(option))(value)).toThrow(/Expected/u);
});

it('what a forger asks for is what the task of forging takes', () => {
  const forgers = adversaries.filter(({ name }) => attacks.some((attack) => attack.name === name && attack.usual !== null));
  expect(forgers).toHaveLength(7);
  for (const { name } of forgers) {
    const liar = new SteppedLiar(name);
    liar.says(training(1));
    const [command] = liar.hears(trained(1, blobNamed('a'))).say as unknown as [{ task: string; input: never }];
    expect(command.task).toBe(forgeTask.name);
    expect(forgeTask.work(command.input)).toBeGreaterThan(0);
  }
});

it.each([
  ['a name that is none', { name: 'Sign flip' }], ['a tap that hears nothing', { tap: 'allHonest' as const }],
  ['something to overhear without a tap', { overhears: ['UpdateSubmitted'] }],
])('%s is a mistake of who defines it', (_, parts) => {
  expect(() => planted({ start: () => null, ...parts })).toThrow(/adversary/u);
});
