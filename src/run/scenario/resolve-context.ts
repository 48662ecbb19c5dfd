/** What every part of a scenario is resolved against: the nodes, the vocabulary, and where to complain. */
import type { Latency } from '../../host/weather.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { ValueMap } from '../../kernel/codec.ts';
import type { Registry } from '../registry.ts';
import { nearestWord } from './nearest-word.ts';
import type { KeyPath, ReportProblem } from './problems.ts';

export interface ResolveContext {
  /** Node ids of each role, in id order. */
  readonly nodes: ReadonlyMap<string, readonly NodeId[]>;
  /** What the roles of this scenario bring; nothing else may be spoken of. */
  readonly vocabulary: Registry;
  readonly sections: Readonly<Record<string, ValueMap>>;
  /** Seed and salt of the run. */
  readonly key: DrawKey;
  /** Decides who lives in which region. */
  readonly latency: Latency;
  readonly report: ReportProblem;
}

/** Reports a word that is none of the known ones, with the nearest. */
export function reportUnknown(
  context: ResolveContext,
  path: KeyPath,
  what: string,
  word: string,
  known: Iterable<string>,
): void {
  context.report(path, `unknown ${what} "${word}" in this scenario`, nearestWord(word, known));
}

/** All nodes, in id order. */
export function allNodes(context: ResolveContext): readonly NodeId[] {
  return [...context.nodes.values()].flat();
}
