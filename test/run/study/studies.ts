/** Studies for tests: files in a folder of their own, read and planned as the command line would. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { builtinRoles } from '../../../src/actors/registry.ts';
import { problemText } from '../../../src/run/scenario/problems.ts';
import { planStudy } from '../../../src/run/study/plan.ts';
import type { StudyPlan } from '../../../src/run/study/plan.ts';
import { readStudy } from '../../../src/run/study/study-file.ts';
import type { StudyRequest } from '../../../src/run/study/study-file.ts';

/** A scenario of the role that does what it is told, to itself. */
const mischiefScenario = {
  name: 'mischief',
  nodes: { mischief: 2 },
  roles: { mischief: fileURLToPath(new URL('./mischief.ts', import.meta.url)) },
  expect: [{ sometimes: 'a clock ticked' }],
};

/** A study of it that is right, for tests to spoil. */
export const smallStudy = {
  name: 'small-study',
  about: 'A study for tests.',
  scenario: './mischief.yaml',
  axes: { ticks: { path: 'mischief.ticks', values: [1, 2] } },
  seeds: 1,
  measures: ['last-tick'] as unknown[],
};

/** Writes a study beside its scenario and gives its path. */
export function writeStudy(folder: string, study: object): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'mischief.yaml'), stringify(mischiefScenario));
  const file = join(folder, 'study.yaml');
  writeFileSync(file, stringify(study));
  return file;
}

export type PlannedOrRefused = { readonly plan: StudyPlan } | { readonly messages: readonly string[] };

/** Reads and plans a study file. */
export async function plannedStudy(file: string, request: Partial<StudyRequest> = {}): Promise<PlannedOrRefused> {
  const { grid = 'full' } = request;
  const read = await readStudy({ overrides: [], ...request, file, grid });
  if (read.kind === 'refused') return { messages: read.problems.map(problemText) };
  const planned = await planStudy(read.study, { file, grid, builtinRoles, dataFolder: undefined });
  return planned.kind === 'refused' ? { messages: planned.messages } : { plan: planned.plan };
}

/** The plan of a study that must be right. */
export async function planOf(file: string, request: Partial<StudyRequest> = {}): Promise<StudyPlan> {
  const planned = await plannedStudy(file, request);
  if ('messages' in planned) throw new Error(planned.messages.join('\n'));
  return planned.plan;
}
