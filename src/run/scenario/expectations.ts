/**
 * `expect`: phrases by name, measures with a bound, and breaks that must happen.
 *
 * `always: one model per round` asks for a promise that a protocol or role has put into the
 * registry; `eventually: { accuracy: ">= 0.90", within: 20 rounds }` bounds one of its measures.
 */
import * as Schema from 'effect/Schema';
import { assert } from '../../kernel/assert.ts';
import type { PropertyKind } from '../../kernel/properties.ts';
import { dimensions, readQuantity, writeQuantity } from '../../kernel/units.ts';
import type { Registry } from '../registry.ts';
import type { Comparison, Expectation } from '../resolved.ts';
import type { KeyPath } from './problems.ts';
import { reportUnknown } from './resolve-context.ts';
import type { ResolveContext } from './resolve-context.ts';

const boundForm = 'a comparison such as ">= 0.90" or "< 5%"';
const boundPattern = /^(>=|<=|==|!=|>|<) ?(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?) ?(%?)$/u;
const withinForm = 'a bound such as 20 rounds or 30s';
const timeUnit = Object.keys(dimensions.duration.units).join('|');
const withinPattern = new RegExp(String.raw`^(?:(\d+) rounds?|(\d+(?:\.\d+)? ?(?:${timeUnit})))$`, 'u');

const textOfForm = (form: string, pattern: RegExp) =>
  Schema.String.annotate({ expected: form, description: form }).check(Schema.isPattern(pattern, { expected: form }));

/** The schema of one line under `expect`, with the names of a registry. */
export function expectationWords(registry: Registry) {
  const bound = Schema.optionalKey(textOfForm(boundForm, boundPattern));
  const within = Schema.optionalKey(textOfForm(withinForm, withinPattern));
  const measures = Object.fromEntries(
    [...registry.measures.values()].map(({ name, about }) => [name, bound.annotate({ description: about })]),
  );
  const Measured = Schema.Struct({ ...measures, within }).annotate({
    title: 'measure',
    identifier: 'BoundedMeasure',
  });
  const phrases = [...registry.properties.keys()];
  const Known = phrases.length === 0 ? Schema.Never : Schema.Literals(phrases);
  const Phrase = Known.annotate({ title: 'phrase', identifier: 'Phrase' });
  const Promised = Schema.optionalKey(Schema.Union([Phrase, Measured]).annotate({ title: 'phrase' }));
  return Schema.Struct({
    always: Promised,
    sometimes: Promised,
    eventually: Promised,
    breaks: Schema.optionalKey(Phrase),
  });
}

type MeasureWords = Readonly<Record<string, string>>;
export type ExpectationWords = Readonly<Partial<Record<PropertyKind | 'breaks', string | MeasureWords>>>;

/** All expectations of a file; at least one `sometimes` must be among them (Law 7). */
export function resolveExpectations(words: readonly ExpectationWords[], context: ResolveContext): Expectation[] {
  const expectations = words.flatMap((line, index) => resolveLine(line, ['expect', index], context));
  if (!words.some((line) => line.sometimes !== undefined)) {
    context.report(['expect'], 'states no "sometimes": a run in which nothing had to happen proves nothing');
  }
  return expectations;
}

function resolveLine(line: ExpectationWords, path: KeyPath, context: ResolveContext): Expectation[] {
  const entries = Object.entries(line) as [PropertyKind | 'breaks', string | MeasureWords][];
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    context.report(path, 'expected exactly one of always, sometimes, eventually, breaks');
    return [];
  }
  const [kind, promised] = entry;
  if (typeof promised !== 'string') {
    assert(kind !== 'breaks', 'the schema lets only a phrase break');
    return resolveMeasure(kind, promised, [...path, kind], context);
  }
  const registered = context.vocabulary.properties.get(promised);
  if (registered === undefined) {
    reportUnknown(context, [...path, kind], 'phrase', promised, context.vocabulary.properties.keys());
    return [];
  }
  if (kind === 'breaks') return [{ kind, phrase: promised }];
  const actual = registered.property.kind;
  if (actual !== kind) {
    context.report([...path, kind], `"${promised}" is promised ${actual}: write "${actual}: ${promised}"`);
  }
  return [{ kind, phrase: promised }];
}

function resolveMeasure(kind: PropertyKind, words: MeasureWords, path: KeyPath, context: ResolveContext): Expectation[] {
  const names = Object.keys(words).filter((name) => name !== 'within');
  const [name] = names;
  if (name === undefined || names.length > 1) {
    context.report(path, `expected exactly one measure: ${[...context.vocabulary.measures.keys()].join(', ')}`);
    return [];
  }
  const measure = context.vocabulary.measures.get(name);
  if (measure === undefined) {
    reportUnknown(context, [...path, name], 'measure', name, context.vocabulary.measures.keys());
    return [];
  }
  const match = boundPattern.exec(words[name]!);
  assert(match !== null, 'the schema let a bound pass that its pattern refuses');
  const bound = Number(match[3] === '%' ? `${match[2]}e-2` : match[2]);
  if (!Number.isFinite(bound)) context.report([...path, name], `expected ${boundForm}`);
  const within = words['within'];
  if (within !== undefined && kind !== 'eventually') context.report([...path, 'within'], `means nothing under ${kind}`);
  const countsRounds = measure.roundField !== undefined;
  const span = within === undefined ? {} : resolveWithin(within, countsRounds, [...path, 'within'], context);
  return [{ kind, measure: name, comparison: match[1] as Comparison, bound, ...span }];
}

function resolveWithin(
  text: string,
  countsRounds: boolean,
  path: KeyPath,
  context: ResolveContext,
): { withinRounds?: number; withinUs?: number } {
  const match = withinPattern.exec(text);
  assert(match !== null, 'the schema let a bound pass that its pattern refuses');
  if (match[1] !== undefined) {
    if (!countsRounds) context.report(path, 'this measure counts no rounds: expected a duration such as 30s');
    return { withinRounds: Number(match[1]) };
  }
  const withinUs = readQuantity(match[2]!, dimensions.duration);
  if (withinUs === undefined) context.report(path, `"${text}" has more digits than a microsecond, or is too large`);
  return { withinUs: withinUs ?? 0 };
}

/** The words of an expectation. */
export function expectationWordsOf(expectation: Expectation): ExpectationWords {
  if ('phrase' in expectation) return { [expectation.kind]: expectation.phrase };
  const { kind, measure, comparison, bound, withinRounds, withinUs } = expectation;
  const rounds = withinRounds === undefined ? {} : { within: `${withinRounds} rounds` };
  const span = withinUs === undefined ? {} : { within: writeQuantity(withinUs, dimensions.duration) };
  return { [kind]: { [measure]: `${comparison} ${bound}`, ...rounds, ...span } };
}
