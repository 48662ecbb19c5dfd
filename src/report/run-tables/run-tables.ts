/** All tables of a run, made in one pass over its folder; what has nothing to show has no rows. */
import type { TraceReader } from '../../judge/trace-reader.ts';
import type { Micros } from '../../kernel/time.ts';
import { microsPerSecond } from '../../kernel/time.ts';
import type { VerdictFile } from '../../run/folder/verdict-file.ts';
import { vocabularyOf } from '../../run/registry.ts';
import type { Registry } from '../../run/registry.ts';
import { tableOf } from '../table.ts';
import type { Table } from '../table.ts';
import { FaultTimes } from './fault-times.ts';
import type { FaultTime } from './fault-times.ts';
import { FrameLedger } from './frame-ledger.ts';
import { Measures } from './measures.ts';
import type { MeasuredTable } from './measures.ts';
import { NodeLives, shownNodes } from './node-lives.ts';
import { ObservationCounts } from './observation-counts.ts';
import { readRun } from './reading.ts';
import { Rounds } from './rounds.ts';
import type { StoredScenario } from './stored-scenario.ts';
import { timelineTable } from './timeline.ts';
import { Traffic } from './traffic.ts';

export interface RunTables {
  readonly endUs: Micros;
  readonly timeline: Table;
  readonly measures: readonly MeasuredTable[];
  readonly attendance: Table;
  readonly commitDelays: Table;
  readonly trafficByTime: Table;
  readonly trafficByKind: Table;
  readonly deliveryDelays: Table;
  /** Columns: reason, count. */
  readonly rejected: Table;
  readonly lives: Table;
  /** How many nodes the table of lives leaves out, because nothing happened to them. */
  readonly nodesLeftOut: number;
  readonly observationsByKind: Table;
  readonly observationsByTime: Table;
  readonly faults: readonly FaultTime[];
  readonly traceReadUntilUs: Micros | undefined;
}

/** A stored run, opened. */
export interface RunSource {
  readonly verdict: VerdictFile;
  readonly scenario: StoredScenario;
  readonly trace: TraceReader;
  readonly observations: TraceReader;
}

/** Reads a run. `registry` describes its roles as far as they are known. Throws `TraceRefused`. */
export function runTablesOf({ verdict, scenario, trace, observations }: RunSource, registry: Registry): RunTables {
  const endUs = Math.round(verdict.virtualSeconds * microsPerSecond);
  const vocabulary = vocabularyOf(registry, Object.keys(scenario.nodes));
  const liars = new Set(scenario.wrap.flatMap(({ nodes }) => nodes));
  const definitions = new Map([...vocabulary.protocols.values()].flatMap(({ messages }) => messages).map((one) => [one.kind, one]));
  const { nodes } = trace.header;
  const traffic = new Traffic(endUs);
  const faultTimes = new FaultTimes(scenario, endUs, liars);
  const lives = new NodeLives({ nodes, liars, endUs });
  const rounds = new Rounds();
  const measures = new Measures(vocabulary.measures.values(), liars);
  const counts = new ObservationCounts(vocabulary.records, endUs);
  const readers = [new FrameLedger(definitions, traffic), faultTimes, lives, rounds, measures, counts];
  const { traceReadUntilUs } = readRun({ trace, observations }, readers);
  const faults = faultTimes.inOrder();
  const spans = lives.spans(faults, faultTimes.lastingHits);
  return {
    endUs,
    timeline: timelineTable(faults, spans, rounds.inOrder(), verdict.findings, endUs),
    measures: measures.tables(),
    attendance: rounds.attendance(),
    commitDelays: rounds.commitDelays(),
    trafficByTime: traffic.byTime(),
    trafficByKind: traffic.byKind(),
    deliveryDelays: traffic.delays(),
    rejected: rejectedTable(verdict),
    lives: lives.table(spans),
    nodesLeftOut: nodes.length - shownNodes(nodes, spans).length,
    observationsByKind: counts.byKind(),
    observationsByTime: counts.byTime(),
    faults,
    traceReadUntilUs,
  };
}

function rejectedTable({ rejected }: VerdictFile): Table {
  const rows = Object.entries(rejected).sort(([, a], [, b]) => b - a).map(([reason, count]) => ({ reason, count }));
  return tableOf(['reason', 'count'], rows);
}
