/**
 * study.resolved.yaml: everything that decided a study, as a file that can be read.
 *
 * It states what every run set and what each value of an axis sets, in paths, so that a cell can be
 * made by hand: `orrery run` on the scenario with those as --set. It holds no figure and no machine.
 */
import { stringify } from 'yaml';
import type { Change } from '../scenario/overrides.ts';
import { plainValue } from '../scenario/source.ts';
import { seedsText } from './seeds.ts';
import type { StudyPlan } from './plan.ts';

const heading = '# Everything that decided one study, written by Orrery beside its results.\n';

/** The text of study.resolved.yaml. */
export function resolvedStudyText(plan: StudyPlan): string {
  const words = {
    name: plan.name,
    about: plan.about,
    scenario: plan.scenarioFile,
    grid: plan.grid,
    set: settingsOf(plan.changes),
    axes: Object.fromEntries(
      plan.axes.map(({ name, title, values }) => [
        name,
        { title, values: values.map(({ label, changes }) => ({ label, set: settingsOf(changes) })) },
      ]),
    ),
    seeds: seedsText(plan.seeds),
    alsoSeeded: plan.alsoSeeded,
    measures: plan.measures.map(({ column, measure, parameters }) => ({ measure, as: column, with: parameters })),
    charts: plan.charts,
  };
  return heading + stringify(words, { lineWidth: 0, aliasDuplicateObjects: false });
}

function settingsOf(changes: readonly Change[]): Record<string, unknown> {
  return Object.fromEntries(changes.map(({ path, value }) => [path.join('.'), plainValue(value)]));
}
