/**
 * Values as JSON that reads back as the same value.
 *
 * JSON has no bytes, no NaN and no infinities, which a journal must keep if folding it is to give the
 * same snapshots: they become `{"$bytes": hex}` and `{"$number": "NaN"}`. A key that begins with `$`
 * gets a second one, so no real map is taken for those. −0 becomes 0, as in canonical bytes.
 */
import { fromHex, toHex } from '../../kernel/bytes.ts';
import type { Value, ValueMap } from '../../kernel/codec.ts';

/** One line of JSON, without a line break. */
export function valueToJson(value: Value): string {
  // Nearly all values are plain JSON already; only the others pay for a copy.
  return JSON.stringify(isPlain(value) ? value : escaped(value));
}

function isPlain(value: Value): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (value instanceof Uint8Array) return false;
  if (Array.isArray(value)) return value.every(isPlain);
  for (const key in value) {
    if (key.startsWith('$') || !isPlain((value as ValueMap)[key]!)) return false;
  }
  return true;
}

function escaped(value: Value): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $number: String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return { $bytes: toHex(value) };
  if (Array.isArray(value)) return value.map(escaped);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.startsWith('$') ? `$${key}` : key, escaped(item)]),
  );
}

/** The value of such a line; undefined when the text is not one. */
export function jsonToValue(text: string): Value | undefined {
  try {
    return unescaped(JSON.parse(text));
  } catch {
    return undefined; // A journal from elsewhere may hold anything; the caller names the line.
  }
}

const specialNumbers: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity };

function unescaped(json: unknown): Value {
  if (typeof json !== 'object' || json === null) return json as Value;
  if (Array.isArray(json)) return json.map(unescaped);
  const entries = Object.entries(json);
  const [key, item] = entries.length === 1 ? entries[0]! : [];
  if (key === '$bytes' && typeof item === 'string') return fromHex(item);
  if (key === '$number' && typeof item === 'string' && item in specialNumbers) return specialNumbers[item]!;
  return Object.fromEntries(
    entries.map(([name, part]) => {
      if (name.startsWith('$') && !name.startsWith('$$')) throw new SyntaxError(`unknown escape ${name}`);
      return [name.startsWith('$') ? name.slice(1) : name, unescaped(part)];
    }),
  );
}
