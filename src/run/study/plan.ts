/**
 * From a study file to all of its runs, each resolved and named before any of them begins.
 *
 * The scenario is resolved anew for every cell and seed, since seeds decide what selectors draw; so a
 * path that names nothing, or a combination that cannot be, is told at its place in the study file
 * and before anything was computed. Nothing is run here.
 */
import { dirname, join, resolve } from 'node:path';
import type { RoleDefinition } from '../../actors/define.ts';
import type { ValueMap } from '../../kernel/codec.ts';
import { toHex } from '../../kernel/bytes.ts';
import type { DataFiles } from '../data-files.ts';
import { dataFileNames, readDataFiles } from '../data-files.ts';
import { codeId, runId, scenarioId } from '../identity.ts';
import type { RunKey } from '../ledger/entry.ts';
import { loadScenario } from '../load.ts';
import type { Loaded } from '../load.ts';
import type { Registry } from '../registry.ts';
import type { ResolvedScenario } from '../resolved.ts';
import type { Change } from '../scenario/overrides.ts';
import { problemText } from '../scenario/problems.ts';
import type { Problem, ReportProblem } from '../scenario/problems.ts';
import { nodeAt, placeOf } from '../scenario/source.ts';
import { sha256Node } from '../sha256-node.ts';
import { chooseMeasures } from './choose-measures.ts';
import { cellText, cellsOf } from './grid.ts';
import type { Axis, Cell } from './grid.ts';
import type { ChosenMeasure } from './measures/define.ts';
import { changesOf, plainChange } from './settings.ts';
import type { StudyFile } from './study-file.ts';
import type { ChartWords } from './words.ts';

/** One run that a study asks for. */
export interface PlannedRun {
  readonly cell: Cell;
  readonly seed: number;
  readonly scenario: ResolvedScenario;
  readonly key: RunKey;
  readonly id: string;
}

export interface StudyPlan {
  readonly name: string;
  readonly about: string;
  /** The scenario file, as a path from the working folder. */
  readonly scenarioFile: string;
  readonly grid: 'full' | 'small';
  readonly axes: readonly Axis[];
  readonly cells: readonly Cell[];
  readonly seeds: readonly number[];
  /** Paths of the scenario that are set to the seed, besides its own. */
  readonly alsoSeeded: readonly string[];
  readonly measures: readonly ChosenMeasure[];
  readonly charts: readonly ChartWords[];
  /** By cell, and by seed within a cell. */
  readonly runs: readonly PlannedRun[];
  /** Role files of the scenario, by absolute path. */
  readonly roleFiles: readonly string[];
  /** Wall time after which a run counts as hung, and heap of a process, where the study says. */
  readonly limits: { readonly timeUs?: number; readonly memoryBytes?: number };
  /** What every run sets, small grid included, as paths with values. */
  readonly changes: readonly Change[];
}

export type Planned =
  | { readonly kind: 'planned'; readonly plan: StudyPlan; readonly notes: readonly string[] }
  /** A sentence for each thing that is wrong, with its place. */
  | { readonly kind: 'refused'; readonly messages: readonly string[] };

export interface PlanRequest {
  readonly file: string;
  readonly grid: 'full' | 'small';
  readonly builtinRoles: readonly RoleDefinition[];
  /** The folder of data files; undefined when none is set. */
  readonly dataFolder: string | undefined;
}

type LoadedScenario = Extract<Loaded, { kind: 'loaded' }>;

/** Plans all runs of a study. */
export async function planStudy(study: StudyFile, request: PlanRequest): Promise<Planned> {
  return new Planner(study, request).plan();
}

class Planner {
  readonly #study: StudyFile;
  readonly #request: PlanRequest;
  readonly #scenarioFile: string;
  readonly #cells: readonly Cell[];
  readonly #changes: readonly Change[];
  readonly #messages = new Set<string>();
  readonly #notes = new Set<string>();
  readonly #data = new Map<string, { readonly data: DataFiles; readonly digests: ValueMap }>();
  readonly #runs: PlannedRun[] = [];
  #registry: Registry | undefined;

  constructor(study: StudyFile, request: PlanRequest) {
    this.#study = study;
    this.#request = request;
    this.#scenarioFile = join(dirname(request.file), study.words.scenario);
    this.#cells = cellsOf(study.axes);
    const smallSet = request.grid === 'small' ? changesOf(nodeAt(study.root, ['small', 'set'])) : [];
    this.#changes = [...changesOf(nodeAt(study.root, ['set'])), ...smallSet];
  }

  readonly #report: ReportProblem = (path, message, nearest) => {
    const place = placeOf(this.#study.root, path);
    this.#messages.add(problemText({ message, ...place, ...(nearest === undefined ? {} : { nearest }) }));
  };

  async plan(): Promise<Planned> {
    const { words, axes, seeds } = this.#study;
    for (const cell of this.#cells) {
      for (const seed of seeds) {
        await this.#planRun(cell, seed);
        if (this.#messages.size >= messagesMax) return { kind: 'refused', messages: [...this.#messages] };
      }
    }
    const measures = this.#registry === undefined ? [] : chooseMeasures(words.measures, this.#registry, this.#report);
    if (this.#messages.size > 0) return { kind: 'refused', messages: [...this.#messages] };
    const { time, memory } = words.limits ?? {};
    const plan: StudyPlan = {
      name: words.name,
      about: words.about,
      scenarioFile: this.#scenarioFile,
      grid: this.#request.grid,
      axes, cells: this.#cells, seeds, measures,
      alsoSeeded: words.alsoSeeded ?? [],
      charts: words.charts ?? [],
      runs: this.#runs,
      roleFiles: this.#roleFiles(this.#runs[0]!.scenario),
      limits: { ...(time === undefined ? {} : { timeUs: time }), ...(memory === undefined ? {} : { memoryBytes: memory }) },
      changes: this.#changes,
    };
    return { kind: 'planned', plan, notes: [...this.#notes] };
  }

  async #planRun(cell: Cell, seed: number): Promise<void> {
    const at = nodeAt(this.#study.root, ['seeds'])!.at;
    const seeded = ['seed', ...(this.#study.words.alsoSeeded ?? [])].map((path) => plainChange(path, seed, at));
    const { builtinRoles } = this.#request;
    const changes = [...this.#changes, ...cell.changes, ...seeded];
    const loaded = await loadScenario({ file: this.#scenarioFile, overrides: [], changes, builtinRoles });
    if (loaded.kind === 'refused') return this.#refuse(loaded.problems, cell);
    const { data, digests } = await this.#dataOf(loaded);
    if (data.kind === 'refused') return this.#refuse(data.problems, cell);
    for (const note of [...loaded.notes, ...data.notes]) this.#notes.add(note);
    if (loaded.scenario.world !== 'sim') {
      return void this.#messages.add(`${this.#request.file}: a study runs in the world "sim", not in "${loaded.scenario.world}"`);
    }
    this.#registry ??= loaded.registry;
    this.#runs.push(this.#named(cell, seed, loaded.scenario, digests));
  }

  /** A problem that only some cells have names the first of them. */
  #refuse(problems: readonly Problem[], cell: Cell): void {
    for (const problem of problems) {
      const text = problemText(problem);
      if ([...this.#messages].some((known) => known.startsWith(text))) continue;
      this.#messages.add(cell.index === 0 ? text : `${text} (in the cell ${cellText(cell)})`);
    }
  }

  /** Files of data are read once, however many runs need them. */
  async #dataOf({ scenario, registry, place }: LoadedScenario): Promise<{ readonly data: DataFiles; readonly digests: ValueMap }> {
    const wanted = dataFileNames(scenario, registry).join('\n');
    const known = this.#data.get(wanted);
    if (known !== undefined) return known;
    const data = await readDataFiles(scenario, registry, place, this.#request.dataFolder);
    const files = data.kind === 'read' ? [...data.files] : [];
    const read = { data, digests: Object.fromEntries(files.map(([name, bytes]) => [name, toHex(sha256Node(bytes))])) };
    this.#data.set(wanted, read);
    return read;
  }

  #named(cell: Cell, seed: number, scenario: ResolvedScenario, digests: ValueMap): PlannedRun {
    const roleFiles = this.#roleFiles(scenario);
    const key: RunKey = { code: codeId(), scenario: scenarioId(scenario, roleFiles, digests), seed };
    return { cell, seed, scenario, key, id: runId(scenario, roleFiles, digests) };
  }

  #roleFiles({ roles }: ResolvedScenario): string[] {
    return Object.values(roles).map((file) => resolve(dirname(this.#scenarioFile), file));
  }
}

/** A plan with so many things wrong is given up. */
const messagesMax = 50;
