/**
 * What a report needs of the scenario that a trace carries in its header.
 *
 * A stored run may come from anybody, so its parts are checked before they are believed; what a later
 * version adds to a scenario is passed over.
 */
import * as Schema from 'effect/Schema';
import type { Fault } from '../../host/faults.ts';
import type { Value } from '../../kernel/codec.ts';
import type { Expectation } from '../../run/resolved.ts';

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0));
const Ids = Schema.Array(Schema.String);
const Selection = Schema.Union([
  Schema.Struct({ kind: Schema.Literal('nodes'), nodes: Ids }),
  Schema.Struct({ kind: Schema.Literal('state'), role: Schema.String, state: Schema.String }),
]);
const Trigger = Schema.Union([
  Schema.Struct({ kind: Schema.Literal('time'), atUs: Count }),
  Schema.Struct({
    kind: Schema.Literal('record'), record: Schema.String, where: Schema.Record(Schema.String, Schema.Unknown), offsetUs: Count,
  }),
]);
const Effect = Schema.Struct({
  kind: Schema.String,
  forUs: Schema.optionalKey(Count),
  who: Schema.optionalKey(Selection),
  from: Schema.optionalKey(Selection),
  to: Schema.optionalKey(Selection),
  sides: Schema.optionalKey(Schema.Array(Selection)),
});
const Scenario = Schema.Struct({
  name: Schema.String,
  about: Schema.String,
  nodes: Schema.Record(Schema.String, Schema.Array(Count)),
  sections: Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Unknown)),
  faults: Schema.Array(Schema.Struct({ id: Schema.String, trigger: Trigger, effect: Effect, drawn: Schema.Boolean })),
  expect: Schema.Array(Schema.Struct({ kind: Schema.Literals(['always', 'sometimes', 'eventually', 'breaks']) })),
  wrap: Schema.optionalKey(Schema.Array(Schema.Struct({ id: Schema.String, as: Schema.String, nodes: Ids }))),
});

export interface StoredScenario {
  readonly name: string;
  readonly about: string;
  readonly nodes: Readonly<Record<string, readonly number[]>>;
  readonly sections: Readonly<Record<string, Readonly<Record<string, Value>>>>;
  readonly faults: readonly Fault[];
  readonly expect: readonly Expectation[];
  /** Which nodes lie, and how. */
  readonly wrap: readonly { readonly id: string; readonly as: string; readonly nodes: readonly string[] }[];
}

const isScenario = Schema.is(Scenario);

/** The scenario of a trace's header; undefined when it is none of this version. */
export function storedScenarioOf(value: Value): StoredScenario | undefined {
  if (!isScenario(value)) return undefined;
  const scenario = value as unknown as Omit<StoredScenario, 'wrap'> & Partial<Pick<StoredScenario, 'wrap'>>;
  return { ...scenario, wrap: scenario.wrap ?? [] };
}
