import { describe, expect, it } from 'vitest';
import type { Decree } from '../../../src/protocols/round-commit/decrees.ts';
import { applyEntry, firstLedger, takingPart } from '../../../src/protocols/round-commit/ledger.ts';
import { workersPerCheckpointMax } from '../../../src/protocols/round-commit/messages.ts';
import { blobOf, modelNumber, roundDecree } from '../../support/committee-seat.ts';

/** What decrees add up to, one entry each. */
const ledgerOf = (...decrees: readonly Decree[]) =>
  decrees.reduce((ledger, decree) => {
    const model = 'model' in decree ? blobOf(decree.model) : null;
    const index = ledger.index + 1;
    return applyEntry(ledger, { index, term: 1, decree, evidence: null, verified: true, stored: true, model, disputed: false });
  }, firstLedger());

const begun = (model: number): Decree => ({ kind: 'trainingBegun', model: modelNumber(model) });
const admitted = (among: number, ...workers: string[]): Decree => ({ kind: 'workersAdmitted', workers, among });
const removed = (worker: string, reason: 'left' | 'equivocation' = 'left'): Decree => ({ kind: 'workerRemoved', worker, reason });
const stopped = (reason: string): Decree => ({ kind: 'trainingStopped', reason });

describe('the ledger', () => {
  it('counts every entry, and begins once', () => {
    const ledger = ledgerOf({ kind: 'termBegun' }, begun(1), begun(2));
    expect(ledger).toMatchObject({ index: 3, term: 1, round: 0, model: blobOf(modelNumber(1)) });
  });

  it('closes rounds one after another, each once, and none before the training began', () => {
    const ledger = ledgerOf(begun(1), roundDecree(2, 1), roundDecree(3, 1), roundDecree(4, 3), roundDecree(5, 2));
    expect(ledger).toMatchObject({ round: 2, model: blobOf(modelNumber(5)), index: 5 });
    expect(ledgerOf(roundDecree(2, 1))).toMatchObject({ round: 0, model: null });
  });

  it('keeps workers in the order of admission, whoever goes', () => {
    const ledger = ledgerOf(admitted(2, 'worker-01', 'worker-00'), removed('worker-01'), admitted(3, 'worker-02', 'worker-00'));
    expect(ledger.workers).toEqual([
      { worker: 'worker-01', among: 2, removed: 'left' },
      { worker: 'worker-00', among: 2, removed: '' },
      { worker: 'worker-02', among: 3, removed: '' },
    ]);
    expect(takingPart(ledger)).toEqual(['worker-00', 'worker-02']);
  });

  it('admits again who left, in its place, but nobody who was turned out', () => {
    const back = ledgerOf(admitted(1, 'worker-00'), removed('worker-00'), admitted(4, 'worker-00'));
    expect(back.workers).toEqual([{ worker: 'worker-00', among: 4, removed: '' }]);
    const out = ledgerOf(admitted(1, 'worker-00'), removed('worker-00', 'equivocation'), admitted(4, 'worker-00'));
    expect(takingPart(out)).toEqual([]);
    const twice = ledgerOf(admitted(1, 'worker-00'), removed('worker-00', 'equivocation'), removed('worker-00'));
    expect(twice.workers[0]!.removed).toBe('equivocation');
  });

  it('stays as it is once the training is stopped', () => {
    const ledger = ledgerOf(begun(1), stopped('a client asked'), roundDecree(2, 1), admitted(1, 'worker-00'), stopped('another'));
    expect(ledger).toMatchObject({ round: 0, stopReason: 'a client asked', workers: [], index: 5 });
  });

  it('never has more workers than a checkpoint can name', () => {
    const names = Array.from({ length: workersPerCheckpointMax + 3 }, (_, number) => `worker-${String(number).padStart(4, '0')}`);
    expect(ledgerOf(admitted(1, ...names)).workers).toHaveLength(workersPerCheckpointMax);
  });
});
