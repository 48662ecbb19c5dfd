/**
 * What a study sets in its scenario: paths with values, each of which knows where it stands.
 *
 * `set: { training.rounds: 10 }` and `set: { training: { rounds: 10 } }` mean the same: keys with
 * dots are split, maps go on with the path, and whatever is no map is put at its path.
 */
import type { Change } from '../scenario/overrides.ts';
import type { SourceNode, SourceScalar } from '../scenario/source.ts';

/** The changes that a `set` asks for, in its order. */
export function changesOf(node: SourceNode | undefined, path: readonly string[] = []): Change[] {
  if (node === undefined) return [];
  if (node.kind !== 'map' || node.entries.size === 0) return path.length === 0 ? [] : [{ path, value: node }];
  return [...node.entries].flatMap(([key, { node: value }]) => changesOf(value, [...path, ...key.split('.')]));
}

/** The change that puts a plain value at a path; what is wrong with it is told at `at`. */
export function plainChange(path: string, value: SourceScalar, at: SourceNode['at']): Change {
  return { path: path.split('.'), value: { kind: 'scalar', at, value } };
}
