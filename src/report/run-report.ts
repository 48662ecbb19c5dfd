/**
 * The report of a run: its folder in, one HTML page out.
 *
 * Nothing of the machine or the moment goes into it besides what verdict.json says, so the same folder
 * gives the same page. A folder that cannot be reported on is refused in words (`FolderRefused`).
 */
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { TraceRefused } from '../judge/trace-format.ts';
import { FolderRefused } from '../run/folder/refused.ts';
import { openRunFolder } from '../run/folder/open.ts';
import type { OpenOptions, OpenRun } from '../run/folder/open.ts';
import type { VerdictFile } from '../run/folder/verdict-file.ts';
import type { Registry } from '../run/registry.ts';
import { sha256Node } from '../run/sha256-node.ts';
import { pageOf } from './page.ts';
import type { PageSection } from './page.ts';
import { runChartsOf } from './run-charts.ts';
import type { RunCharts } from './run-charts.ts';
import { runTablesOf } from './run-tables/run-tables.ts';
import type { RunTables } from './run-tables/run-tables.ts';
import { storedScenarioOf } from './run-tables/stored-scenario.ts';
import type { StoredScenario } from './run-tables/stored-scenario.ts';
import { faultsOf, findingsOf, headOf, observationsOf, promisesOf } from './run-words.ts';
import { seconds } from './run-tables/reading.ts';

/** A run as a report sees it. */
export interface RunMaterial {
  readonly verdict: VerdictFile;
  /** The resolved scenario as YAML text. */
  readonly scenarioText: string;
  readonly scenario: StoredScenario;
  readonly tables: RunTables;
}

/** How a run folder is read for its report. */
export type ReadOptions = Pick<OpenOptions, 'isBeingWritten' | 'acceptPartial'> & {
  /** Describes the run's roles, as far as they are known. */
  readonly registry: Registry;
  /** Whether the trace is held against its table of segments first; not needed by whoever just wrote it. */
  readonly verifies: boolean;
};

/** Reads a run folder, partial ones too unless that is refused. Throws `FolderRefused`. */
export function readRunMaterial(
  folder: string,
  { registry, verifies, isBeingWritten = false, acceptPartial = true }: ReadOptions,
): RunMaterial {
  const run = openRunFolder(folder, { sha256: sha256Node, acceptPartial, isBeingWritten });
  try {
    return materialOf(run, folder, registry, verifies);
  } catch (error) {
    if (error instanceof TraceRefused) throw new FolderRefused(`${folder} cannot be reported on: ${error.message}`, folder, error);
    throw error;
  } finally {
    run.close();
  }
}

function materialOf(run: OpenRun, folder: string, registry: Registry, verifies: boolean): RunMaterial {
  const { trace, observations, verdict, scenario: scenarioText } = run;
  if (trace === null || observations === null) throw new FolderRefused(`${folder} holds a run without a trace`, folder);
  if (verifies) {
    for (const chain of [trace, observations]) {
      const contradiction = chain.verify();
      if (contradiction === undefined) continue;
      throw new TraceRefused(`its ${chain.reader.chain} contradicts its table of segments: ${contradiction}`);
    }
  }
  const scenario = storedScenarioOf(trace.reader.header.scenario);
  if (scenario === undefined) throw new TraceRefused('the header of its trace holds no scenario of this version');
  const source = { verdict, scenario, trace: trace.reader, observations: observations.reader };
  return { verdict, scenarioText, scenario, tables: runTablesOf(source, registry) };
}

/** The charts of a run in the order in which its report shows them. */
export async function chartsOf({ scenario, tables }: RunMaterial): Promise<RunCharts> {
  return runChartsOf(scenario, tables);
}

/** The report as an HTML text. */
export async function runReportOf(material: RunMaterial): Promise<string> {
  const { verdict, scenario } = material;
  const charts = await chartsOf(material);
  return pageOf({
    title: `${scenario.name}, seed ${verdict.seed}: ${verdict.verdict}`,
    head: headOf(verdict, scenario),
    sections: sectionsOf(material, charts).filter(({ body, charts: shown = [] }) => body !== undefined || shown.length > 0),
  });
}

function sectionsOf({ verdict, scenario, scenarioText, tables }: RunMaterial, charts: RunCharts): PageSection[] {
  const { traceReadUntilUs } = tables;
  const bounded = traceReadUntilUs === undefined ? undefined
    : `The trace is long: frames, hits and lives are shown until ${seconds(traceReadUntilUs)} s of virtual time.`;
  return [
    ...(verdict.findings.length === 0 ? [] : [{ title: 'Findings', body: findingsOf(verdict.findings) }]),
    { title: 'Timeline', charts: charts.timeline, ...(bounded === undefined ? {} : { lead: bounded }) },
    ...(scenario.expect.length === 0 ? [] : [{ title: 'Promises', body: promisesOf(scenario, verdict) }]),
    ...(Object.keys(verdict.faultHits).length + tables.faults.length === 0 ? [] : [{ title: 'Faults', body: faultsOf(tables, verdict) }]),
    { title: 'Rounds', charts: charts.rounds },
    {
      title: 'Network', charts: charts.network,
      ...(tables.rejected.rows.length === 0 ? { lead: 'Nothing was rejected.' } : {}),
    },
    { title: 'Nodes', charts: charts.nodes },
    { title: 'Observations', charts: charts.observations, body: observationsOf(tables) },
    { title: 'Scenario', lead: 'Run as a file, this text is the same run again.', body: scenarioBody(scenarioText) },
  ];
}

function scenarioBody(text: string): VNode {
  return html`<details><summary>scenario.resolved.yaml</summary><pre>${text}</pre></details>` as VNode;
}
