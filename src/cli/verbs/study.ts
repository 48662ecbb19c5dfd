/**
 * `orrery study FILE…`: plan, conduct, write the results, say how it ended.
 *
 * Standard output holds a line for each cell and, as the last line of each study, its counts. Exit
 * codes: 0 when every run came to an end that can be measured, whatever its verdict; 20 when a run
 * crashed, was refused or was lost; 24 when one did not repeat; 2 when the study is wrong; 130 when it
 * was interrupted, with all finished runs in the ledger. Of several studies the greatest code counts.
 */
import { join } from 'node:path';
import { createRegistry } from '../../run/registry.ts';
import { Ledger } from '../../run/ledger/ledger.ts';
import { LedgerRefused } from '../../run/ledger/sqlite.ts';
import { studyMeasures } from '../../run/study/measures/registry.ts';
import type { StudyPlan } from '../../run/study/plan.ts';
import type { StudySummary } from '../../run/study/summary.ts';
import { refuseForeignFolder, writeFolder } from '../../report/study/files.ts';
import { writeGalleryIndex } from '../../report/study/gallery.ts';
import { galleryFiles, studyFiles } from '../../report/study/results.ts';
import { cellLines } from '../../report/study/text.ts';
import { CommandRefused } from '../command-refused.ts';
import { exitCodes } from '../exit-codes.ts';
import { studyPasteLine } from '../paste-line.ts';
import type { PastedStudy } from '../paste-line.ts';
import type { StudyFlags, Surroundings } from '../surroundings.ts';
import { StudySession } from '../study-session.ts';
import type { Ended } from '../study-session.ts';
import type { Terminal } from '../terminal.ts';

/** Makes the studies of some files, one after another. */
export async function study(files: readonly string[], flags: StudyFlags, { terminal, engine }: Surroundings): Promise<number> {
  const { builtinRoles } = await engine();
  if (flags.measures === true) {
    for (const { name, unit, about } of studyMeasures(createRegistry(builtinRoles)).values()) {
      terminal.result(`${name}${unit === '' ? '' : ` (${unit})`}: ${about}`);
    }
    return exitCodes.pass;
  }
  refuseContradictions(files, flags);
  let ledger: Ledger | undefined;
  try {
    ledger = await Ledger.open(flags.ledger);
    const session = new StudySession(flags, terminal, ledger, builtinRoles);
    return flags.gallery === undefined
      ? await makeEach(files, flags, session, terminal)
      : await makeGallery(files, { ...flags, gallery: flags.gallery }, session, terminal);
  } catch (error) {
    if (error instanceof LedgerRefused) throw new CommandRefused(error.message);
    throw error;
  } finally {
    ledger?.close();
  }
}

function refuseContradictions(files: readonly string[], { out, gallery, grid }: StudyFlags): void {
  if (files.length === 0) throw new CommandRefused('which study? Expected a file such as sims/accuracy-against-liars.yaml');
  if (out !== undefined && (files.length > 1 || gallery !== undefined)) {
    throw new CommandRefused('--out names the folder of one study: leave it out for several, and with --gallery');
  }
  if (gallery !== undefined && grid === 'small') throw new CommandRefused('--gallery makes both grids: leave --grid out');
}

/** Each study into a folder of its own. */
async function makeEach(files: readonly string[], flags: StudyFlags, session: StudySession, terminal: Terminal): Promise<number> {
  const codes: number[] = [];
  const folderOf = ({ name, grid }: StudyPlan): string => flags.out ?? join('studies', grid === 'small' ? `${name}-small` : name);
  for (const file of files) {
    const ended = await session.conduct(file, flags.grid, (plan) => refuseForeignFolder(folderOf(plan)));
    if (ended.kind === 'done') {
      const folder = folderOf(ended.summary.plan);
      writeFolder(folder, await studyFiles({ summary: ended.summary, command: studyPasteLine([file], pastedFlags(flags)) }));
      if (flags.quiet !== true) terminal.words(`The results are in ${folder}.`);
    }
    codes.push(endStudy(ended, terminal));
    if (terminal.interrupted.aborted) break;
  }
  return Math.max(...codes);
}

/** Both grids of each study into one folder, and a page that lists them. */
async function makeGallery(
  files: readonly string[],
  flags: StudyFlags & { readonly gallery: string },
  session: StudySession,
  terminal: Terminal,
): Promise<number> {
  const codes: number[] = [];
  const shown: StudySummary[] = [];
  const folderOf = ({ name }: StudyPlan): string => join(flags.gallery, name);
  for (const file of files) {
    const check = (plan: StudyPlan): void => refuseForeignFolder(folderOf(plan));
    const small = await session.conduct(file, 'small', check);
    if (small.kind !== 'done') return endStudy(small, terminal);
    const full = await session.conduct(file, 'full', check);
    if (full.kind === 'done') {
      const command = studyPasteLine([file], pastedFlags(flags));
      writeFolder(folderOf(full.summary.plan), await galleryFiles({ summary: full.summary, command }, small.summary));
      shown.push(full.summary);
    }
    codes.push(endStudy(full, terminal));
    if (terminal.interrupted.aborted) break;
  }
  // A first page that lists fewer studies than there are would hide the others.
  if (shown.length === files.length) {
    writeGalleryIndex(flags.gallery, shown, studyPasteLine(files, { ...pastedFlags(flags), gallery: flags.gallery }));
  }
  return Math.max(...codes);
}

/** The flags that decide what comes out. */
function pastedFlags({ grid, seeds, set }: StudyFlags): PastedStudy {
  return { grid, set, ...(seeds === undefined ? {} : { seeds }) };
}

/** Prints the results and the last line, and gives the exit code. */
function endStudy(ended: Ended, terminal: Terminal): number {
  switch (ended.kind) {
    case 'invalid':
      terminal.result(lastLine('-', 0, 0, 0, 0));
      return exitCodes.invalid;
    case 'interrupted': {
      const { plan, done, wallSeconds } = ended;
      terminal.words(`Interrupted: ${done} of ${plan.runs.length} runs are in the ledger, and the same command goes on from there.`);
      terminal.result(lastLine(plan.name, plan.cells.length, done, 0, wallSeconds));
      return exitCodes.interrupted;
    }
    case 'done': {
      const { plan, failures, entries } = ended.summary;
      for (const line of cellLines(ended.summary)) terminal.result(line);
      terminal.result(lastLine(plan.name, plan.cells.length, entries.length, failures.length, ended.wallSeconds));
      if (failures.some(({ verdict }) => verdict === 'nondeterministic')) return exitCodes.nondeterministic;
      return failures.length > 0 ? exitCodes.fail : exitCodes.pass;
    }
  }
}

/** `study=NAME cells=28 runs=140 failed=0 wall=183.201` */
function lastLine(name: string, cells: number, runs: number, failed: number, wallSeconds: number): string {
  return `study=${name} cells=${cells} runs=${runs} failed=${failed} wall=${wallSeconds.toFixed(3)}`;
}
