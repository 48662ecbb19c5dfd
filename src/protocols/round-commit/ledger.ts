/**
 * The state that decrees add up to: the round, its model, who takes part, whether the training ended.
 *
 * It is a fold over decided entries that gives the same on every member. A decree that came too late
 * or twice (a round closed by two leaders, a worker admitted again) decides nothing.
 */
import type { NodeId } from '../../kernel/ids.ts';
import type { HeldEntry } from './member.ts';
import { workersPerCheckpointMax } from './messages.ts';
import type { AdmittedWorker, CheckpointState } from './messages.ts';

export function firstLedger(): CheckpointState {
  return { index: 0, term: 0, round: 0, model: null, modelBefore: null, workers: [], stopReason: null };
}

/** The state after one more decided entry, which follows directly after those that `ledger` counts. */
export function applyEntry(ledger: CheckpointState, { index, term, decree, model }: HeldEntry): CheckpointState {
  const next = { ...ledger, index, term };
  if (ledger.stopReason !== null) return next;
  switch (decree.kind) {
    case 'termBegun':
      return next;
    case 'trainingBegun':
      return ledger.model === null ? { ...next, model } : next;
    case 'workersAdmitted':
      return { ...next, workers: decree.workers.reduce((rows, worker) => admit(rows, worker, decree.among), ledger.workers) };
    case 'workerRemoved':
      return { ...next, workers: ledger.workers.map((row) => (takes(row, decree.worker) ? { ...row, removed: decree.reason } : row)) };
    case 'roundClosed':
      if (ledger.model === null || decree.round !== ledger.round + 1) return next;
      return { ...next, round: decree.round, model, modelBefore: ledger.model };
    case 'trainingStopped':
      return { ...next, stopReason: decree.reason };
  }
}

/** Admits a worker that is new, or that left; it keeps its place in the order of admission. */
function admit(rows: readonly AdmittedWorker[], worker: NodeId, among: number): readonly AdmittedWorker[] {
  const known = rows.find((row) => row.worker === worker);
  if (known === undefined) return rows.length < workersPerCheckpointMax ? [...rows, { worker, among, removed: '' }] : rows;
  if (known.removed !== 'left') return rows;
  return rows.map((row) => (row.worker === worker ? { ...row, among, removed: '' } : row));
}

const takes = (row: AdmittedWorker, worker: NodeId): boolean => row.worker === worker && row.removed === '';

/** The workers that take part, in the order of admission. */
export function takingPart({ workers }: CheckpointState): readonly NodeId[] {
  return workers.filter(({ removed }) => removed === '').map(({ worker }) => worker);
}
