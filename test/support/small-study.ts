/**
 * A shipped study on its small grid, made in this process: no processes to start, and no ledger.
 *
 * What comes out is the text of small.csv, as the gallery keeps it.
 */
import { fileURLToPath } from 'node:url';
import { builtinRoles } from '../../src/actors/registry.ts';
import { estimatesTable } from '../../src/report/study/tables.ts';
import { csvOf } from '../../src/report/table.ts';
import { startBackendOnNode } from '../../src/run/backend-node.ts';
import type { LedgerEntry } from '../../src/run/ledger/entry.ts';
import { createRegistry } from '../../src/run/registry.ts';
import { problemText } from '../../src/run/scenario/problems.ts';
import { RunMaker } from '../../src/run/study/make-run.ts';
import { planStudy } from '../../src/run/study/plan.ts';
import { readStudy } from '../../src/run/study/study-file.ts';
import { summarize } from '../../src/run/study/summary.ts';

/** The table of a study's small grid. Throws when the study is wrong, or needs data files. */
export async function smallTable(study: string): Promise<string> {
  const file = fileURLToPath(new URL(`../../sims/${study}.yaml`, import.meta.url));
  const read = await readStudy({ file, overrides: [], grid: 'small' });
  if (read.kind === 'refused') throw new Error(read.problems.map(problemText).join('\n'));
  const planned = await planStudy(read.study, { file, grid: 'small', builtinRoles, dataFolder: undefined });
  if (planned.kind === 'refused') throw new Error(planned.messages.join('\n'));
  const { plan } = planned;
  await startBackendOnNode();
  const maker = new RunMaker();
  const options = { registry: createRegistry(builtinRoles), files: new Map(), measures: plan.measures };
  const entries: LedgerEntry[] = [];
  for (const { scenario, key, id } of plan.runs) entries.push({ ...key, id, attempts: 1, ...(await maker.make(scenario, options)) });
  return csvOf(estimatesTable(summarize(plan, entries)));
}
