/** When a fault begins: `12s`, `round 5 + 200ms`, or the first observation that matches. */
import type { Trigger } from '../../host/faults.ts';
import type { ValueMap } from '../../kernel/codec.ts';
import { assert } from '../../kernel/assert.ts';
import { dimensions, readQuantity, writeQuantity } from '../../kernel/units.ts';
import { momentPattern } from './fault-words.ts';
import type { AtWords } from './fault-words.ts';
import type { KeyPath } from './problems.ts';
import { reportUnknown } from './resolve-context.ts';
import type { ResolveContext } from './resolve-context.ts';

/** The observation that opens a round, and its counting field; `round N` is short for its first N. */
const roundOpened = 'round-opened';

/** The trigger that the words mean; one that cannot fire is reported. */
export function resolveTrigger(words: AtWords, path: KeyPath, virtualTimeMaxUs: number, context: ResolveContext): Trigger {
  const trigger = typeof words === 'string' ? momentOf(words, path, context) : observationOf(words);
  if (trigger.kind === 'time') {
    if (trigger.atUs > virtualTimeMaxUs) {
      const end = writeQuantity(virtualTimeMaxUs, dimensions.duration);
      context.report(path, `lies after the end of the run: limits.virtualTime is ${end}`);
    }
    return trigger;
  }
  if (trigger.offsetUs > virtualTimeMaxUs) {
    const offset = writeQuantity(trigger.offsetUs, dimensions.duration);
    const end = writeQuantity(virtualTimeMaxUs, dimensions.duration);
    context.report(path, `cannot fire: ${offset} later the run is over, by limits.virtualTime of ${end}`);
  }
  const { records, recordBounds } = context.vocabulary;
  if (!records.has(trigger.record)) {
    reportUnknown(context, path, 'observation', trigger.record, records.keys());
    return trigger;
  }
  const bound = recordBounds.get(trigger.record)?.(context.sections);
  const value = bound === undefined ? undefined : trigger.where[bound.field];
  if (bound !== undefined && typeof value === 'number' && (value < bound.min || value > bound.max)) {
    context.report(path, `cannot fire: ${bound.field} ${value} lies outside ${bound.min} to ${bound.max}`);
  }
  return trigger;
}

function momentOf(text: string, path: KeyPath, context: ResolveContext): Trigger {
  const match = momentPattern.exec(text);
  assert(match !== null, 'the schema let a moment pass that its pattern refuses');
  const [, round, offset, time] = match;
  const span = offset ?? time;
  const spanUs = span === undefined ? 0 : readQuantity(span, dimensions.duration);
  if (spanUs === undefined) context.report(path, `"${span}" has more digits than a microsecond, or is too large`);
  if (round === undefined) return { kind: 'time', atUs: spanUs ?? 0 };
  return { kind: 'record', record: roundOpened, where: { round: Number(round) }, offsetUs: spanUs ?? 0 };
}

function observationOf(words: Exclude<AtWords, string>): Trigger {
  return { kind: 'record', record: words.record, where: (words.where ?? {}) as ValueMap, offsetUs: words.after ?? 0 };
}

/** The words of a trigger. */
export function triggerWordsOf(trigger: Trigger): AtWords {
  if (trigger.kind === 'time') return writeQuantity(trigger.atUs, dimensions.duration);
  const { record, where, offsetUs } = trigger;
  const fields = Object.keys(where);
  const round = where['round'];
  const isRound = typeof round === 'number' && Number.isSafeInteger(round) && round >= 0;
  if (record === roundOpened && fields.length === 1 && isRound) {
    return offsetUs === 0 ? `round ${round}` : `round ${round} + ${writeQuantity(offsetUs, dimensions.duration)}`;
  }
  return { record, where: where as { readonly [field: string]: string | number | boolean }, after: offsetUs };
}
