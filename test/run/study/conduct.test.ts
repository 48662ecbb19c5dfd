/** Conducting studies in real processes: the failed among the others, going on, repeating, comparing. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Ledger } from '../../../src/run/ledger/ledger.ts';
import { conduct } from '../../../src/run/study/conduct.ts';
import type { Conducted, StudyProgress } from '../../../src/run/study/conduct.ts';
import type { StudyPlan } from '../../../src/run/study/plan.ts';
import { failureText, summarize } from '../../../src/run/study/summary.ts';
import { unreadText } from '../../../src/run/study/unread.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { planOf, smallStudy, writeStudy } from './studies.ts';

interface Conducting {
  /** One process unless said otherwise: starting one costs more than these runs. */
  readonly jobs?: number;
  readonly again?: boolean;
  readonly signal?: AbortSignal;
  readonly progress?: (progress: StudyProgress) => void;
}

/** Conducts a plan with the ledger of a folder. */
async function conductIn(folder: string, plan: StudyPlan, options: Conducting = {}): Promise<Conducted> {
  const ledger = await Ledger.open(join(folder, 'ledger.sqlite'));
  try {
    return await conduct(plan, {
      ledger,
      jobs: options.jobs ?? 1,
      dataFolder: undefined,
      again: options.again ?? false,
      signal: options.signal ?? new AbortController().signal,
      onProgress: options.progress ?? (() => {}),
      memoryMebibytes: 256,
    });
  } finally {
    ledger.close();
  }
}

const entriesOf = ({ entries }: Conducted) => entries.map((entry) => entry!);

describe('a study in processes', () => {
  it('records what dies, throws or takes all memory as one failed run each, and goes on', async () => {
    const folder = temporaryFolder();
    const axes = { deed: { path: 'mischief.deed', values: ['die', 'memory', 'throw', 'none'] } };
    const plan = await planOf(writeStudy(folder, { ...smallStudy, axes, limits: { memory: '192 MiB' } }));
    const conducted = await conductIn(folder, plan, { jobs: 2 });
    expect(entriesOf(conducted).map(({ verdict }) => verdict)).toEqual(['lost', 'lost', 'crash', 'pass']);
    expect(conducted.interrupted).toBe(false);
    const summary = summarize(plan, entriesOf(conducted));
    expect(summary.failures.map(failureText)).toEqual([
      'deed=die seed=1: lost: its process was ended by SIGKILL',
      'deed=memory seed=1: lost: its process ran out of memory: its heap has 192 MiB',
      expect.stringMatching(/^deed=throw seed=1: crash: .*mischief was asked for/u),
    ]);
    const good = summary.estimates.find(({ cell, measure }) => cell.labels['deed'] === 'none' && measure.column === 'last-tick');
    expect(good).toMatchObject({ estimate: { n: 1, mean: 3 }, failed: 0 });
    expect(summary.estimates[0]).toMatchObject({ estimate: { n: 0, mean: null }, failed: 1 });
    // Started again, it would try the lost ones once more, and takes the others from the ledger.
    const known: StudyProgress[] = [];
    const second = await conductIn(folder, plan, { signal: AbortSignal.abort(), progress: (progress) => known.push(progress) });
    expect(known.at(-1)).toMatchObject({ done: 2, all: 4, known: 2 });
    expect(second).toMatchObject({ interrupted: true, made: 0 });
  });

  it('ends a run that hangs', async () => {
    const folder = temporaryFolder();
    const axes = { deed: { path: 'mischief.deed', values: ['hang'] } };
    const plan = await planOf(writeStudy(folder, { ...smallStudy, axes, limits: { time: '200ms' } }));
    const { failures } = summarize(plan, entriesOf(await conductIn(folder, plan)));
    expect(failures.map(failureText)).toEqual(['deed=hang seed=1: lost: its process did not end within 0.2 s']);
  });

  it('goes on where an interruption left it', async () => {
    const axes = { ticks: { path: 'mischief.ticks', values: [1, 2, 3] } };
    const folder = temporaryFolder();
    const plan = await planOf(writeStudy(folder, { ...smallStudy, axes, seeds: '1..2' }));
    const stop = new AbortController();
    const first = await conductIn(folder, plan, { signal: stop.signal, progress: ({ done }) => done >= 2 && stop.abort() });
    expect(first.interrupted).toBe(true);
    expect(first.made).toBeGreaterThanOrEqual(2);
    const rest = await conductIn(folder, plan);
    expect(rest).toMatchObject({ interrupted: false, made: plan.runs.length - first.made });
    expect(entriesOf(rest).map(({ measures }) => measures['last-tick'])).toEqual([1, 1, 2, 2, 3, 3]);
    expect((await conductIn(folder, plan)).made).toBe(0);
  });

  it('finds a parameter that nobody reads by its traces, and no other', async () => {
    const folder = temporaryFolder();
    const axes = {
      colour: { path: 'mischief.colour', values: ['red', 'blue'] },
      ticks: { path: 'mischief.ticks', values: [1, 2] },
    };
    const plan = await planOf(writeStudy(folder, { ...smallStudy, axes }));
    const entries = entriesOf(await conductIn(folder, plan));
    const { unread } = summarize(plan, entries);
    expect(unread).toEqual([{ axis: 'colour' }]);
    expect(unreadText(unread[0]!)).toBe('colour changed nothing, to the last bit of every trace: nobody read it, or it never mattered.');
    expect(new Set(entries.map(({ trace }) => trace)).size).toBe(4);
  });

  it('raises an alarm when a run that is made again has another trace, and only then', async () => {
    const folder = temporaryFolder();
    const plan = await planOf(writeStudy(folder, smallStudy));
    const [first, second] = entriesOf(await conductIn(folder, plan));
    const other = temporaryFolder();
    const ledger = await Ledger.open(join(other, 'ledger.sqlite'));
    ledger.record({ ...first!, trace: 'f'.repeat(64) });
    ledger.record(second!);
    ledger.close();
    const entries = entriesOf(await conductIn(other, plan, { again: true }));
    expect(entries).toMatchObject([{ verdict: 'nondeterministic' }, { verdict: 'pass', attempts: 2, trace: second!.trace }]);
    const words = `the run has had the traces ${'f'.repeat(64)} and ${first!.trace}`;
    expect(summarize(plan, entries).failures.map(failureText)).toEqual([`ticks=1 seed=1: nondeterministic: ${words}`]);
  });
});
