/**
 * Which charts a run's report has, what they are called and what they say.
 *
 * The pictures are reports/charts/*.json, the tables come from run-tables. A chart whose tables have no
 * rows is left out, so a run of foreign roles shows what there is of it and nothing else.
 */
import { measureWords } from '../judge/measures.ts';
import type { MeasureBound } from '../judge/measures.ts';
import { hasData, readChart, withTimeAxis } from './chart.ts';
import { capitalized, slugOf } from './figure.ts';
import type { PageChart } from './figure.ts';
import { seconds } from './run-tables/reading.ts';
import type { MeasuredTable } from './run-tables/measures.ts';
import type { RunTables } from './run-tables/run-tables.ts';
import type { StoredScenario } from './run-tables/stored-scenario.ts';
import { recordsOf, tableOf } from './table.ts';
import type { Table } from './table.ts';

/** The charts of a run, by the section in which they stand. */
export interface RunCharts {
  readonly timeline: readonly PageChart[];
  readonly rounds: readonly PageChart[];
  readonly network: readonly PageChart[];
  readonly nodes: readonly PageChart[];
  readonly observations: readonly PageChart[];
}

/** A chart before its specification is read: its file is `file`, or else bears its name. */
type Plan = Omit<PageChart, 'specification'> & { readonly file?: string };

/** The charts that have something to show. Throws `ChartRefused` for a specification that cannot be read. */
export async function runChartsOf(scenario: StoredScenario, tables: RunTables): Promise<RunCharts> {
  const read = async (plans: readonly Plan[]): Promise<PageChart[]> => {
    const charts: PageChart[] = [];
    for (const { file, ...plan } of plans) {
      const specification = withTimeAxis(await readChart(file ?? plan.name), seconds(tables.endUs));
      if (hasData(specification, plan.tables)) charts.push({ ...plan, specification });
    }
    return charts;
  };
  return {
    timeline: await read([timelinePlan(tables)]),
    rounds: await read(roundPlans(scenario, tables)),
    network: await read(networkPlans(tables)),
    nodes: await read([livesPlan(tables)]),
    observations: await read([observationsPlan(tables)]),
  };
}

function timelinePlan({ timeline }: RunTables): Plan {
  return {
    name: 'timeline', title: 'What happened when', tables: { timeline },
    caption:
      'Faults, leaders, rounds and findings. A bar lasts, a stroke is a moment; a round reaches from its first opening ' +
      'to its first closing.',
  };
}

function roundPlans(scenario: StoredScenario, { measures, attendance, commitDelays }: RunTables): Plan[] {
  // Attendance has a chart of its own, which shows whom it leaves out.
  const others = measures.filter(({ measure }) => measure.name !== 'attendance' || attendance.rows.length === 0);
  return [
    ...others.filter(countsRounds).map((measured) => measurePlan(scenario, measured, 'round')),
    ...others.map((measured) => measurePlan(scenario, measured, 'time')),
    {
      name: 'attendance', title: 'Attendance', span: 'half', tables: { attendance },
      caption: 'Workers that were admitted, whose updates are in the round’s model, and that were suspected when it closed.',
    },
    {
      name: 'commit-delay', title: 'Last update to decided model', span: 'half', tables: { delays: commitDelays },
      caption: 'How long after its last counted update a round’s model was known, at the first member and at the last.',
    },
  ];
}

/** Whether any value of a measure names its round. */
function countsRounds({ table }: MeasuredTable): boolean {
  return recordsOf(table).some(({ round }) => round !== null);
}

function measurePlan(scenario: StoredScenario, { measure, table }: MeasuredTable, by: 'round' | 'time'): Plan {
  const title = `${capitalized(measure.name)} by ${by === 'round' ? 'round' : 'virtual time'}`;
  return {
    name: `${slugOf(measure.name)}-by-${by}`,
    file: `measure-by-${by}`, title, span: 'half', tables: { measure: table, bounds: boundsOf(scenario, measure.name) },
    caption: measure.about,
  };
}

/** Columns: bound, label, words. A row a bound that the scenario puts on the measure. */
function boundsOf({ expect }: StoredScenario, measure: string): Table {
  const bounds = expect.filter((one): one is typeof one & MeasureBound => 'measure' in one && one.measure === measure);
  return tableOf(['bound', 'label', 'words'], bounds.map((one) => ({
    bound: one.bound, label: `${one.comparison} ${one.bound}`, words: measureWords(measure, one),
  })));
}

function networkPlans({ trafficByTime, trafficByKind, deliveryDelays, rejected }: RunTables): Plan[] {
  return [
    {
      name: 'traffic', title: 'Traffic by time', tables: { traffic: trafficByTime },
      caption: 'What nodes sent, by kind of message: messages, the blobs that they name, envelopes and signatures.',
    },
    {
      name: 'traffic-by-kind', title: 'Traffic by kind', span: 'half', tables: { kinds: trafficByKind },
      caption: 'Bytes in the whole run.',
    },
    {
      name: 'delivery-delay', title: 'Delay from sending to handling', span: 'half', tables: { delays: deliveryDelays },
      caption: 'The bar holds eight frames of ten, the dot is the median, the stroke the 99th percentile.',
    },
    { name: 'rejected', title: 'Rejected', span: 'half', tables: { rejected }, caption: 'What nodes refused, by reason.' },
  ];
}

function livesPlan({ lives, nodesLeftOut }: RunTables): Plan {
  const left = nodesLeftOut === 0 ? '' : ` Left out: ${nodesLeftOut} nodes to which nothing happened, or for which there is no room.`;
  return {
    name: 'life-lines', title: 'Life lines', tables: { lives },
    caption: `When each node was up, leading, down, cut off by a partition, paused or slow.${left}`,
  };
}

function observationsPlan({ observationsByTime }: RunTables): Plan {
  return {
    name: 'observations', title: 'Observations by time', tables: { observations: observationsByTime },
    caption: 'What nodes recorded, a row a kind; the stronger the colour, the more often.',
  };
}
