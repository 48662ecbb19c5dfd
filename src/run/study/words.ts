/**
 * The words of a study file: scenario × axes × seeds → table → charts.
 *
 * A schema of keys and forms alone. What the words mean together (whether an axis of a chart is one
 * of the study's, how many runs there are) is decided in plan.ts; whether a path names something in
 * the scenario is decided when the scenario is resolved with it.
 */
import * as Schema from 'effect/Schema';
import { DurationUs, SizeBytes } from '../../protocols/quantities.ts';
import type { LooseSchema } from '../scenario/words.ts';

const optional = Schema.optionalKey;
const about = (text: string) => ({ description: text });

const nameForm = 'a name in lower case with dashes';
const Name = Schema.String.check(
  Schema.isPattern(/^[a-z0-9]+(?:-[a-z0-9]+)*$/u, { expected: nameForm }),
  Schema.isMaxLength(80),
);

const pathForm = 'a path by keys such as training.rounds';
const Path = Schema.String.check(Schema.isPattern(/^[^.\s=]+(?:\.[^.\s=]+)*$/u, { expected: pathForm }));

/** Paths with their values; maps under them go on with the path, as in a scenario file. */
const Settings = Schema.Record(Schema.String, Schema.Unknown);

const Scalar = Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]);
const Label = Schema.Union([Schema.String, Schema.Finite]);

/** One value of an axis: a scalar for the axis's path, or several paths under one label. */
const AxisValue = Schema.Union([
  Scalar,
  Schema.Struct({
    label: Label.annotate(about('What stands in tables and charts.')),
    set: Settings.annotate(about('What this value sets, by path.')),
  }),
]).annotate({ expected: 'a plain value, or { label, set }' });

const Axis = Schema.Struct({
  title: optional(Schema.String.annotate(about('What charts and tables call the axis, its unit in brackets.'))),
  path: optional(Path.annotate(about('The path of the scenario that plain values are put at, as for --set.'))),
  values: Schema.Array(AxisValue).annotate(about('The values that are tried, in the order of the table.')),
});

const seedsForm = 'a seed, a range such as 1..5, or a list of seeds';
const Seed = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, { expected: seedsForm }));
const Seeds = Schema.Union([
  Seed,
  Schema.String.check(Schema.isPattern(/^\d{1,15}\.\.\d{1,15}$/u, { expected: seedsForm })),
  Schema.Array(Seed),
]).annotate({ expected: seedsForm, description: 'The seeds of each cell.' });

const MeasureWords = Schema.Union([
  Name,
  Schema.Struct({
    measure: Schema.String.annotate(about('The name of a measure; `orrery study --measures` lists them.')),
    as: optional(Name.annotate(about('What the table calls it; the name of the measure when left out.'))),
    with: optional(Schema.Record(Schema.String, Schema.Unknown).annotate(about('What the measure needs to know.'))),
  }),
]).annotate({ expected: 'the name of a measure, or { measure, as, with }' });

/** The charts that a study can have: reports/charts/NAME.json each. */
export const chartNames = ['study-lines', 'study-bars', 'study-heat'] as const;
export type ChartName = (typeof chartNames)[number];

const Chart = Schema.Struct({
  chart: Schema.Literals(chartNames).annotate({ title: 'chart' }),
  title: optional(Schema.String),
  x: Schema.String.annotate(about('The axis of the study that runs along the chart.')),
  y: Schema.String.annotate(about('A measure of the study; for study-heat an axis.')),
  colour: optional(Schema.String.annotate(about('The axis that is told apart by colour; for study-heat the measure.'))),
});

/** The same study on fewer values and seeds, for tests and a first look. */
const Small = Schema.Struct({
  set: optional(Settings),
  axes: optional(Schema.Record(Schema.String, Schema.Array(Label)).annotate(about('Labels of the values that are kept.'))),
  seeds: optional(Seeds),
});

const Words = Schema.Struct({
  name: Name,
  about: Schema.String.annotate(about('What the study asks, in a sentence or two.')),
  scenario: Schema.String.annotate(about('The scenario file, as seen from this file.')),
  set: optional(Settings.annotate(about('What every run sets, by path.'))),
  axes: Schema.Record(Schema.String, Axis),
  seeds: Seeds,
  alsoSeeded: optional(Schema.Array(Path).annotate(about('Paths that are set to the seed as well, such as training.seed.'))),
  measures: Schema.Array(MeasureWords),
  charts: optional(Schema.Array(Chart)),
  limits: optional(
    Schema.Struct({
      time: optional(DurationUs.annotate(about('Wall time after which a run counts as hung.'))),
      memory: optional(SizeBytes.annotate(about('Heap of the process that makes a run.'))),
    }),
  ),
  small: optional(Small),
});

export type StudyWords = typeof Words.Type;
export type AxisWords = typeof Axis.Type;
export type ChartWords = typeof Chart.Type;
export type SeedsWords = typeof Seeds.Type;
export type MeasureChoiceWords = typeof MeasureWords.Type;

/** The schema of a study file. */
export const studySchema = Words as unknown as LooseSchema;
