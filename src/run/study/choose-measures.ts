/** From the measures that a study names to measures with their parameters decoded. */
import type { ValueMap } from '../../kernel/codec.ts';
import type { Registry } from '../registry.ts';
import { nearestWord } from '../scenario/nearest-word.ts';
import type { KeyPath, ReportProblem } from '../scenario/problems.ts';
import { decodeStrictly } from '../scenario/schema-problems.ts';
import type { ChosenMeasure } from './measures/define.ts';
import { passedMeasure, studyMeasures } from './measures/registry.ts';
import { columnOf } from './study-file.ts';
import type { MeasureChoiceWords } from './words.ts';

/** The measures in the order of the file, and `passed` where it is not among them; what is wrong is reported. */
export function chooseMeasures(words: readonly MeasureChoiceWords[], registry: Registry, report: ReportProblem): ChosenMeasure[] {
  const chosen: ChosenMeasure[] = [];
  const choose = (choice: MeasureChoiceWords, path: KeyPath): void => {
    const column = columnOf(choice);
    if (chosen.some((other) => other.column === column)) {
      report(path, `two measures are called "${column}" in the table: give one another name with "as"`);
    }
    const measure = measureOf(choice, column, registry, path, report);
    if (measure !== undefined) chosen.push(measure);
  };
  words.forEach((choice, index) => choose(choice, ['measures', index]));
  if (!words.map(columnOf).includes(passedMeasure)) choose(passedMeasure, ['measures']);
  return chosen;
}

function measureOf(
  choice: MeasureChoiceWords,
  column: string,
  registry: Registry,
  path: KeyPath,
  report: ReportProblem,
): ChosenMeasure | undefined {
  const known = studyMeasures(registry);
  const name = typeof choice === 'string' ? choice : choice.measure;
  const measure = known.get(name);
  if (measure === undefined) {
    report(path, `unknown measure "${name}"`, nearestWord(name, known.keys()));
    return undefined;
  }
  const given = typeof choice === 'string' ? {} : (choice.with ?? {});
  const decoded = decodeStrictly(measure.parameters, given, [...path, 'with']);
  if (decoded.kind === 'refused') {
    for (const problem of decoded.problems) report(problem.path, problem.message, problem.nearest);
    return undefined;
  }
  const parameters = decoded.value as ValueMap;
  const refused = measure.refuse?.(parameters, registry);
  if (refused !== undefined) {
    report([...path, 'with'], refused.message, refused.nearest);
    return undefined;
  }
  return { column, measure: name, unit: measure.unit, isShare: measure.isShare, parameters };
}
