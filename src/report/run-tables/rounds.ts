/**
 * Tables of rounds: when each was open, who took part, and how long its last update took to become
 * everybody's model.
 *
 * Made from the observations that training and work-sharing record (`round-opened`, `round-closed`,
 * `update-counted`, `worker-suspected`…). Where no role records them, the tables have no rows.
 */
import type { Micros } from '../../kernel/time.ts';
import { tableOf } from '../table.ts';
import type { Cell, Table } from '../table.ts';
import { milliseconds, numberIn, seconds, textIn } from './reading.ts';
import type { RunReader, SeenObservation } from './reading.ts';

/** One round, as far as it came. */
export interface Round {
  readonly round: number;
  openedUs?: Micros;
  /** When the first member learned its model, and when the last one did. */
  closedUs?: Micros;
  everywhereUs?: Micros;
  overdueUs?: Micros;
  lastUpdateUs?: Micros;
  attendance?: number;
  admitted?: number;
  suspected?: number;
}

/** Observations after which a worker is no longer under suspicion. */
const clearingKinds: ReadonlySet<string> = new Set(['worker-returned', 'worker-removed', 'worker-left']);

export class Rounds implements RunReader {
  readonly #rounds = new Map<number, Round>();
  readonly #suspected = new Set<string>();

  observation({ at, kind, data }: SeenObservation): void {
    const worker = textIn(data, 'worker');
    if (kind === 'worker-suspected' && worker !== undefined) this.#suspected.add(worker);
    if (clearingKinds.has(kind) && worker !== undefined) this.#suspected.delete(worker);
    const number = numberIn(data, 'round');
    if (number === undefined) return;
    if (kind === 'round-opened') this.#of(number).openedUs ??= at;
    else if (kind === 'round-overdue') this.#of(number).overdueUs ??= at;
    else if (kind === 'round-closed') this.#closed(this.#of(number), at, data);
    else if (kind === 'update-counted') {
      const round = this.#of(number);
      if (round.closedUs === undefined) round.lastUpdateUs = at;
    }
  }

  #of(number: number): Round {
    let round = this.#rounds.get(number);
    if (round === undefined) this.#rounds.set(number, (round = { round: number }));
    return round;
  }

  #closed(round: Round, at: Micros, data: SeenObservation['data']): void {
    round.everywhereUs = at;
    if (round.closedUs !== undefined) return;
    round.closedUs = at;
    round.suspected = this.#suspected.size;
    const attendance = numberIn(data, 'attendance');
    const admitted = numberIn(data, 'admitted');
    if (attendance !== undefined) round.attendance = attendance;
    if (admitted !== undefined) round.admitted = admitted;
  }

  /** All rounds in their order. */
  inOrder(): Round[] {
    return [...this.#rounds.values()].sort((a, b) => a.round - b.round);
  }

  /** Columns: round, closed_s, who (counted, admitted or suspected), workers. Three rows a closed round. */
  attendance(): Table {
    const rows = this.inOrder().flatMap(({ round, closedUs, attendance, admitted, suspected }) => {
      if (closedUs === undefined || attendance === undefined) return [];
      const counts: [string, number | undefined][] = [['admitted', admitted], ['counted', attendance], ['suspected', suspected]];
      return counts.map(([who, workers]) => ({ round, closed_s: seconds(closedUs), who, workers: workers ?? null }));
    });
    return tableOf(['round', 'closed_s', 'who', 'workers'], rows);
  }

  /** Columns: round, last_update_s, until (whose learning it is), delay_ms. Two rows a closed round that counted updates. */
  commitDelays(): Table {
    const rows: Record<string, Cell>[] = [];
    for (const { round, lastUpdateUs, closedUs, everywhereUs } of this.inOrder()) {
      if (lastUpdateUs === undefined || closedUs === undefined) continue;
      const from = { round, last_update_s: seconds(lastUpdateUs) };
      rows.push({ ...from, until: 'the first member', delay_ms: milliseconds(closedUs - lastUpdateUs) });
      rows.push({ ...from, until: 'the last member', delay_ms: milliseconds(everywhereUs! - lastUpdateUs) });
    }
    return tableOf(['round', 'last_update_s', 'until', 'delay_ms'], rows);
  }
}
