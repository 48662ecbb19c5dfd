/** The engine of this build: the built-in roles, and execution in the simulator. */
import { builtinRoles } from '../actors/registry.ts';
import { replayFolder } from '../run/replay.ts';
import { simulateScenario } from '../run/simulate.ts';
import type { ReportWriter } from '../run/result.ts';
import type { Engine } from './engine.ts';

/** Loads what draws only when there is something to draw. */
const writeReport: ReportWriter = async (folder, registry) => {
  const { writeRunReport } = await import('../report/report-files.ts');
  await writeRunReport(folder, registry);
};

export const engine: Engine = { builtinRoles, executeScenario: simulateScenario, replayFolder, writeReport };
