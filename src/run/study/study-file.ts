/**
 * Reads a study file: its words, with everything that is wrong with them by line and column.
 *
 * What is checked here needs no scenario: keys, forms, axes with values and labels, seeds, charts
 * that speak of axes and measures that are there, and how many runs it all makes.
 */
import { limits } from '../../kernel/limits.ts';
import { readText } from '../load.ts';
import { nearestWord } from '../scenario/nearest-word.ts';
import { openScenario } from '../scenario/resolve.ts';
import { inOrderOfPlace } from '../scenario/problems.ts';
import type { Problem, ReportProblem } from '../scenario/problems.ts';
import { decodeStrictly } from '../scenario/schema-problems.ts';
import { placeOf, plainValue } from '../scenario/source.ts';
import type { SourceNode } from '../scenario/source.ts';
import { axesOf } from './axes.ts';
import { cellCount } from './grid.ts';
import type { Axis } from './grid.ts';
import { seedsOf } from './seeds.ts';
import { studySchema } from './words.ts';
import type { ChartWords, MeasureChoiceWords, SeedsWords, StudyWords } from './words.ts';


export interface StudyRequest {
  /** The path of the study file, as the user wrote it. */
  readonly file: string;
  /** The values of the `--set` flags: paths in the study file. */
  readonly overrides: readonly string[];
  /** Goes before the seeds of the file, and of its small grid. */
  readonly seeds?: SeedsWords;
  /** `small` takes the values and seeds of the key `small`. */
  readonly grid: 'full' | 'small';
}

/** A study file that is well-formed; what it asks of its scenario is not known yet. */
export interface StudyFile {
  readonly words: StudyWords;
  readonly root: SourceNode;
  readonly axes: readonly Axis[];
  readonly seeds: readonly number[];
}

export type StudyRead =
  | { readonly kind: 'read'; readonly study: StudyFile }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** Reads a study file and checks what can be checked without its scenario. */
export async function readStudy(request: StudyRequest): Promise<StudyRead> {
  const text = await readText(request.file, 'study file');
  if (text.kind === 'refused') return text;
  const opened = openScenario(text.text, request.file, request.overrides);
  if (opened.kind === 'refused') return opened;
  const { root } = opened;
  const decoded = decodeStrictly(studySchema, plainValue(root));
  if (decoded.kind === 'refused') {
    const problems = decoded.problems.map(({ path, ...problem }) => ({ ...problem, ...placeOf(root, path) }));
    return { kind: 'refused', problems: inOrderOfPlace(problems) };
  }
  const words = decoded.value as StudyWords;
  const problems: Problem[] = [];
  const report: ReportProblem = (path, message, nearest) =>
    void problems.push({ message, ...placeOf(root, path), ...(nearest === undefined ? {} : { nearest }) });
  const axes = axesOf(words, root, request.grid, report);
  const seeds = seedsAsked(words, request, report);
  checkCharts(words, report);
  checkSize(axes, seeds, report);
  if (problems.length > 0) return { kind: 'refused', problems: inOrderOfPlace(problems) };
  return { kind: 'read', study: { words, root, axes, seeds } };
}

function seedsAsked(words: StudyWords, { seeds: asked, grid }: StudyRequest, report: ReportProblem): readonly number[] {
  const small = grid === 'small' ? words.small?.seeds : undefined;
  const seeds = seedsOf(asked ?? small ?? words.seeds);
  if (typeof seeds !== 'string') return seeds;
  report(asked === undefined && small !== undefined ? ['small', 'seeds'] : ['seeds'], seeds);
  return [];
}

/** What a measure is called in the table. */
export function columnOf(words: MeasureChoiceWords): string {
  return typeof words === 'string' ? words : (words.as ?? words.measure);
}

function checkCharts(words: StudyWords, report: ReportProblem): void {
  const columns = [...words.measures.map(columnOf), 'passed'];
  const axes = Object.keys(words.axes);
  (words.charts ?? []).forEach((chart, index) => {
    for (const [key, wanted] of wantedBy(chart)) {
      const word = chart[key];
      if (word === undefined) {
        if (chart.chart === 'study-heat') report(['charts', index], `a ${chart.chart} needs a "${key}"`);
        continue;
      }
      const known = wanted === 'axis' ? axes : columns;
      if (known.includes(word)) continue;
      report(['charts', index, key], `"${word}" is no ${wanted} of this study: expected ${known.join(', ')}`, nearestWord(word, known));
    }
  });
}

/** Which keys of a chart name axes, and which a measure. */
function wantedBy({ chart }: ChartWords): readonly (readonly ['x' | 'y' | 'colour', 'axis' | 'measure'])[] {
  if (chart === 'study-heat') return [['x', 'axis'], ['y', 'axis'], ['colour', 'measure']];
  return [['x', 'axis'], ['y', 'measure'], ['colour', 'axis']];
}

function checkSize(axes: readonly Axis[], seeds: readonly number[], report: ReportProblem): void {
  const cells = cellCount(axes);
  const product = axes.map(({ values }) => values.length).join(' × ');
  if (cells > limits.studyCellsMax) {
    report(['axes'], `${product} values make ${cells} cells; a study has at most ${limits.studyCellsMax}`);
  } else if (cells * seeds.length > limits.studyRunsMax) {
    const runs = cells * seeds.length;
    report(['seeds'], `${cells} cells × ${seeds.length} seeds make ${runs} runs; a study has at most ${limits.studyRunsMax}`);
  }
}
