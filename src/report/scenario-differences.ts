/** What two resolved scenarios have different, key by key, in the words of their files. */
import { compareText } from '../kernel/ids.ts';
import { parseSource } from '../run/scenario/source.ts';
import type { SourceNode } from '../run/scenario/source.ts';

export interface ScenarioDifference {
  /** Keys joined by dots; items of a list by their id where they have one, else by their place. */
  readonly key: string;
  /** The value of each side as text; undefined where it has none. */
  readonly left: string | undefined;
  readonly right: string | undefined;
}

/** Compares two scenarios as YAML texts. A text that is no YAML has no keys. */
export function scenarioDifferences(left: string, right: string): ScenarioDifference[] {
  const [a, b] = [valuesOf(left), valuesOf(right)];
  const keys = [...new Set([...a.keys(), ...b.keys()])].sort(compareText);
  return keys.filter((key) => a.get(key) !== b.get(key)).map((key) => ({ key, left: a.get(key), right: b.get(key) }));
}

function valuesOf(text: string): Map<string, string> {
  const values = new Map<string, string>();
  const parsed = parseSource(text, 'scenario.resolved.yaml');
  if (parsed.kind === 'parsed') collect(parsed.root, '', values);
  return values;
}

function collect(node: SourceNode, path: string, values: Map<string, string>): void {
  const under = (key: string): string => (path === '' ? key : `${path}.${key}`);
  if (node.kind === 'map') for (const [key, entry] of node.entries) collect(entry.node, under(key), values);
  else if (node.kind === 'list') node.items.forEach((item, index) => collect(item, under(idOf(item) ?? String(index)), values));
  else values.set(path, String(node.value));
}

function idOf(item: SourceNode): string | undefined {
  const id = item.kind === 'map' ? item.entries.get('id')?.node : undefined;
  return id?.kind === 'scalar' && typeof id.value === 'string' ? id.value : undefined;
}
