/**
 * The axes of a study file, as values with labels and changes.
 *
 * The small grid keeps the values whose labels it lists, in the order of the full one, and all values
 * of the axes that it does not mention.
 */
import { nearestWord } from '../scenario/nearest-word.ts';
import type { KeyPath, ReportProblem } from '../scenario/problems.ts';
import { nodeAt } from '../scenario/source.ts';
import type { SourceNode } from '../scenario/source.ts';
import type { Axis, AxisValue, Label } from './grid.ts';
import { changesOf } from './settings.ts';
import type { AxisWords, StudyWords } from './words.ts';

/** Names of columns that a table has besides its axes. */
const takenNames: ReadonlySet<string> = new Set([
  'measure', 'unit', 'n', 'mean', 'low', 'high', 'min', 'max', 'missing', 'failed', 'seed', 'verdict', 'trace', 'virtualSeconds',
]);

/** All axes in the order of the file; what is wrong with them is reported. */
export function axesOf(words: StudyWords, root: SourceNode, grid: 'full' | 'small', report: ReportProblem): Axis[] {
  const axes = Object.entries(words.axes).map(([name, axis]): Axis => {
    const path: KeyPath = ['axes', name];
    if (takenNames.has(name)) report(path, `"${name}" is a column of every table: give the axis another name`);
    return { name, title: axis.title ?? name, values: valuesOf(axis, path, root, report) };
  });
  if (axes.length === 0) report(['axes'], 'has no axis: expected at least one, such as rule: { path: training.aggregate, values: [mean] }');
  if (grid === 'full') return axes;
  if (words.small === undefined) report([], 'has no small grid: expected a key "small" with axes, seeds or set');
  const kept = words.small?.axes ?? {};
  for (const name of Object.keys(kept)) {
    if (words.axes[name] === undefined) {
      report(['small', 'axes', name], `"${name}" is no axis of this study`, nearestWord(name, Object.keys(words.axes)));
    }
  }
  return axes.map((axis) => (kept[axis.name] === undefined ? axis : smaller(axis, kept[axis.name]!, report)));
}

function smaller(axis: Axis, labels: readonly Label[], report: ReportProblem): Axis {
  const known = axis.values.map(({ label }) => String(label));
  const wanted = labels.map(String);
  if (wanted.length === 0) report(['small', 'axes', axis.name], 'keeps no value, so nothing would run');
  wanted.forEach((label, index) => {
    if (known.includes(label)) return;
    report(['small', 'axes', axis.name, index], `"${label}" is no label of this axis`, nearestWord(label, known));
  });
  return { ...axis, values: axis.values.filter(({ label }) => wanted.includes(String(label))) };
}

function valuesOf(axis: AxisWords, path: KeyPath, root: SourceNode, report: ReportProblem): AxisValue[] {
  if (axis.values.length === 0) report([...path, 'values'], 'has no values, so nothing would run');
  const seen = new Set<string>();
  return axis.values.map((words, index) => {
    const place = [...path, 'values', index];
    const value = valueOf(words, axis.path, nodeAt(root, place)!, (message) => report(place, message));
    if (seen.has(String(value.label))) report(place, `the value "${value.label}" stands here twice`);
    seen.add(String(value.label));
    return value;
  });
}

function valueOf(
  words: AxisWords['values'][number],
  path: string | undefined,
  node: SourceNode,
  wrong: (message: string) => void,
): AxisValue {
  if (typeof words === 'object') {
    const changes = changesOf(nodeAt(node, ['set']));
    if (changes.length === 0) wrong('sets nothing: expected paths with values under "set"');
    return { label: words.label, changes };
  }
  const label = typeof words === 'boolean' ? String(words) : words;
  if (path === undefined) {
    wrong('is a plain value, and the axis has no path to put it at');
    return { label, changes: [] };
  }
  return { label, changes: [{ path: path.split('.'), value: node }] };
}
