/**
 * `--set path=value`: one value of a scenario replaced from the command line.
 *
 * A path goes by keys, and through lists by the id of an item or, where items have none, by index
 * (`faults.massacre.kill.worker=10`). The value is a YAML scalar or flow value. What an override
 * brings carries the flag as its place, so that later errors name the flag and not a line.
 */
import { nearestWord } from './nearest-word.ts';
import type { Position, Problem } from './problems.ts';
import { idOf, parseSource } from './source.ts';
import type { SourceNode } from './source.ts';

export type Overridden =
  | { readonly kind: 'overridden'; readonly root: SourceNode }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** A path that leads nowhere; thrown from within the walk and caught by `withOverride` alone. */
class PathRefused extends Error {
  readonly nearest: string | undefined;

  constructor(message: string, nearest?: string) {
    super(message);
    this.nearest = nearest;
  }
}

/** Puts the value of one flag into the tree; the tree given is left as it was. */
export function withOverride(root: SourceNode, override: string): Overridden {
  const file = `--set ${override}`;
  const refused = (message: string, nearest?: string): Overridden => ({
    kind: 'refused',
    problem: { at: { file }, path: '', message, ...(nearest === undefined ? {} : { nearest }) },
  });
  const equals = override.indexOf('=');
  const path = equals < 0 ? [] : override.slice(0, equals).split('.');
  if (path.length === 0 || path.some((step) => step === '')) return refused('expected PATH=VALUE, such as network.loss=1%');
  const text = override.slice(equals + 1);
  if (text.trim() === '') return refused('has no value after "="');
  const value = parseSource(text, file);
  if (value.kind === 'broken') return refused(value.problem.message);
  try {
    return { kind: 'overridden', root: put(root, path, placedAt(value.root, { file }), { file }) };
  } catch (error) {
    if (error instanceof PathRefused) return refused(error.message, error.nearest);
    throw error;
  }
}

/** A value for one path of a scenario that stands in another file, which knows its own place. */
export interface Change {
  readonly path: readonly string[];
  readonly value: SourceNode;
}

/** Puts a value from another file into the tree; what is wrong with it later is told at its place there. */
export function withChange(root: SourceNode, { path, value }: Change): Overridden {
  try {
    return { kind: 'overridden', root: put(root, path, value, value.at) };
  } catch (error) {
    if (!(error instanceof PathRefused)) throw error;
    const { message, nearest } = error;
    const problem: Problem = { at: value.at, path: path.join('.'), message, ...(nearest === undefined ? {} : { nearest }) };
    return { kind: 'refused', problem };
  }
}

/** The same tree, every place of it being the flag. */
function placedAt(node: SourceNode, at: Position): SourceNode {
  if (node.kind === 'scalar') return { ...node, at };
  if (node.kind === 'list') return { ...node, at, items: node.items.map((item) => placedAt(item, at)) };
  const entries = [...node.entries].map(([key, entry]) => [key, { keyAt: at, node: placedAt(entry.node, at) }] as const);
  return { ...node, at, entries: new Map(entries) };
}

function put(node: SourceNode, path: readonly string[], value: SourceNode, at: Position): SourceNode {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (node.kind === 'scalar') throw new PathRefused(`there is nothing under a plain value to set "${step}" in`);
  if (node.kind === 'list') return putIntoList(node, step, rest, value, at);
  const entries = new Map(node.entries);
  const old = entries.get(step);
  const child: SourceNode = old?.node ?? { kind: 'map', at, entries: new Map() };
  const replaced = put(child, rest, value, at);
  entries.set(step, { keyAt: old === undefined || rest.length === 0 ? at : old.keyAt, node: replaced });
  return { ...node, entries };
}

function putIntoList(
  list: Extract<SourceNode, { kind: 'list' }>,
  step: string,
  rest: readonly string[],
  value: SourceNode,
  at: Position,
): SourceNode {
  const ids = list.items.map(idOf);
  const index = ids.includes(step) ? ids.indexOf(step) : /^\d+$/u.test(step) ? Number(step) : -1;
  const item = list.items[index];
  if (item === undefined) {
    const known = ids.filter((id) => id !== undefined);
    throw new PathRefused(`no item of this list has the id "${step}"`, nearestWord(step, known));
  }
  const items = [...list.items];
  items[index] = put(item, rest, value, at);
  return { ...list, items };
}
