/**
 * The whole scenario file as one schema, for the roles of a registry.
 *
 * Decoding checks every key and every unit; what the words mean together is resolve.ts. The same
 * schema encodes a resolved scenario back into words, and JSON Schema for editors is generated from
 * it, so that there is one list of keys and no second one to keep in step.
 */
import * as Schema from 'effect/Schema';
import { assert } from '../../kernel/assert.ts';
import { limits } from '../../kernel/limits.ts';
import { DurationUs } from '../../protocols/quantities.ts';
import type { Registry } from '../registry.ts';
import { expectationWords } from './expectations.ts';
import type { ExpectationWords } from './expectations.ts';
import { faultWords, reseedWords } from './fault-words.ts';
import { weatherWords } from './weather.ts';
import { wrapWords } from './wrap.ts';
import type { WrapWords } from './wrap.ts';

const optional = Schema.optionalKey;
const Seed = Schema.Int.check(
  Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, { expected: 'an integer from 0 to 2^53 − 1' }),
);
const Index = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 999_999 }));

/** How many nodes of a role, or which indices. */
const NodesOfRole = Schema.Union([
  Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: limits.nodesMax })),
  Schema.Array(Index),
]).annotate({ description: 'A number of nodes, or their indices.' });

/** The keys that every scenario file may have, whatever roles there are. */
function houseWords(registry: Registry) {
  const roleNames = [...registry.roles.keys()];
  const ofRoles = Object.fromEntries(
    [...registry.roles.values()].map(({ name, about }) => [name, optional(NodesOfRole).annotate({ description: about })]),
  );
  return {
    name: Schema.String.check(
      Schema.isPattern(/^[a-z0-9]+(?:-[a-z0-9]+)*$/u, { expected: 'a name in lower case with dashes' }),
      Schema.isMaxLength(80),
      Schema.makeFilter((name) => name !== 'latest', {
        expected: 'another name than "latest", under which the newest run is found',
      }),
    ),
    about: optional(Schema.String.annotate({ description: 'The story in a sentence or two.' })),
    seed: optional(Seed),
    salt: optional(Seed),
    world: optional(Schema.Literals(['sim', 'memory', 'tcp'])),
    nodes: Schema.Struct(ofRoles).annotate({ title: 'role', description: 'The nodes of each role.' }),
    roles: optional(
      Schema.Record(Schema.String, Schema.String).annotate({ description: 'Roles from files: name and path.' }),
    ),
    ...weatherWords,
    wrap: optional(wrapWords(roleNames)),
    faults: optional(Schema.Array(faultWords(roleNames))),
    reseed: optional(Schema.Union([reseedWords, Schema.Array(reseedWords)])),
    expect: optional(Schema.Array(expectationWords(registry))),
    limits: optional(
      Schema.Struct({
        virtualTime: optional(DurationUs),
        events: optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: limits.eventsPerRunMax }))),
      }).annotate({ description: 'Where the run ends even when nodes have more to do.' }),
    ),
  };
}

type HouseFields = ReturnType<typeof houseWords>;
type House = Schema.Struct<Omit<HouseFields, 'nodes' | 'expect' | 'wrap'>>['Type'];

/** A decoded file. Sections stand beside the keys of the house. */
export type ScenarioWords = House & {
  readonly nodes: Readonly<Record<string, number | readonly number[]>>;
  readonly wrap?: WrapWords;
  readonly expect?: readonly ExpectationWords[];
};

/** A schema without its types, for keys that only a registry knows. */
export type LooseSchema = Schema.Codec<unknown, unknown>;

/** The schema of a scenario file. */
export function scenarioSchema(registry: Registry): LooseSchema {
  const house = houseWords(registry);
  const sections = Object.fromEntries(
    [...registry.sections.values()].map(({ key, about, schema }) => {
      assert(!Object.hasOwn(house, key), `the section "${key}" has the name of a key of every scenario`);
      return [key, optional(schema.annotate({ description: about }))];
    }),
  );
  return Schema.Struct({ ...house, ...sections }) as unknown as LooseSchema;
}
