/**
 * The strip: faults, leaders, rounds and findings of a run as rows of one table, on one time axis.
 *
 * A row of the table is a span (begin_s and end_s) or a moment (moment_s). Lanes stand in the order of
 * `order`; a label is given only where there is room for it.
 */
import type { VerdictFile } from '../../run/folder/verdict-file.ts';
import { counted } from '../../judge/plain-words.ts';
import { tableOf } from '../table.ts';
import type { Cell, Table } from '../table.ts';
import type { FaultTime } from './fault-times.ts';
import type { LifeSpan } from './node-lives.ts';
import { seconds } from './reading.ts';
import type { Round } from './rounds.ts';

/** Lanes of single faults; further ones share a lane. */
const faultLanesMax = 10;
/** Labels that fit side by side. */
const leaderLabelsMax = 8;
const roundLabelsMax = 30;

type Entry = Record<string, Cell>;

const columns = ['lane', 'order', 'what', 'begin_s', 'end_s', 'moment_s', 'label', 'detail'];

/** Columns: lane, order, what, begin_s, end_s, moment_s, label, detail. */
export function timelineTable(
  faults: readonly FaultTime[],
  lives: readonly LifeSpan[],
  rounds: readonly Round[],
  findings: VerdictFile['findings'],
  endUs: number,
): Table {
  const lanes = [
    ...faultLanes(faults),
    leaderLane(lives),
    roundLane(rounds, endUs),
    findings.filter((finding) => finding.class !== 'vacuous').map((finding): Entry => ({
      lane: 'findings', what: 'finding', moment_s: seconds(finding.at), detail: `${finding.class}: ${finding.property || finding.message}`,
    })),
  ].filter((lane) => lane.length > 0);
  return tableOf(columns, lanes.flatMap((lane, order) => lane.map((entry) => ({ label: '', ...entry, order }))));
}

function faultLanes(faults: readonly FaultTime[]): Entry[][] {
  const single = faults.length <= faultLanesMax ? faults.length : faultLanesMax - 1;
  const lanes = faults.slice(0, single).map((fault) => [faultEntry(fault, fault.id)]);
  const rest = faults.slice(single);
  if (rest.length > 0) lanes.push(rest.map((fault) => faultEntry(fault, counted(rest.length, 'other fault'))));
  return lanes;
}

function faultEntry({ id, words, beginUs, endUs, hits, nodes }: FaultTime, lane: string): Entry {
  const who = nodes.length === 0 ? '' : `: ${nodes.slice(0, 8).join(', ')}${nodes.length > 8 ? ' …' : ''}`;
  const detail = `${id}, ${shortened(words)}, ${counted(hits, 'hit')}${who}`;
  if (endUs > beginUs) return { lane, what: 'fault', begin_s: seconds(beginUs), end_s: seconds(endUs), detail };
  return { lane, what: 'fault', moment_s: seconds(beginUs), detail };
}

function leaderLane(lives: readonly LifeSpan[]): Entry[] {
  const leaders = lives.filter(({ state }) => state === 'leader').sort((a, b) => a.beginUs - b.beginUs);
  return leaders.map(({ node, beginUs, endUs }, index) => ({
    lane: 'leader', what: index % 2 === 0 ? 'leader' : 'next leader', begin_s: seconds(beginUs), end_s: seconds(endUs),
    label: leaders.length <= leaderLabelsMax ? node : '', detail: `${node} leads`,
  }));
}

function roundLane(rounds: readonly Round[], endUs: number): Entry[] {
  const opened = rounds.filter(({ openedUs }) => openedUs !== undefined);
  const every = Math.max(1, Math.ceil(opened.length / roundLabelsMax));
  return opened.map(({ round, openedUs, closedUs, overdueUs, attendance, admitted }, index) => {
    const state = closedUs === undefined ? 'never closed' : `${attendance ?? '?'} of ${admitted ?? '?'} workers counted`;
    const what = overdueUs !== undefined ? 'overdue round' : index % 2 === 0 ? 'round' : 'next round';
    return {
      lane: 'rounds', what, begin_s: seconds(openedUs!), end_s: seconds(closedUs ?? endUs),
      label: round % every === 0 ? String(round) : '',
      detail: `round ${round}, ${state}${overdueUs === undefined ? '' : ', overdue'}`,
    };
  });
}

const wordsMax = 90;

function shortened(words: string): string {
  return words.length <= wordsMax ? words : `${words.slice(0, wordsMax)}…`;
}
