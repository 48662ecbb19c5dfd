/**
 * Writes the folder of a run.
 *
 * The folder is taken before the run begins, so that one that cannot be written is told at once; it
 * is filled while the run goes on, with bounded memory, and takes its place when the verdict is
 * written. Whoever opens one must end it by `finish` or `abandon`. Reading is in folder/open.ts.
 */
import { writeFileSync } from 'node:fs';
import { assert } from '../kernel/assert.ts';
import type { Observation } from '../kernel/properties.ts';
import type { MeasureSource } from '../judge/measures.ts';
import type { TraceHashes, TraceSegment } from '../judge/trace.ts';
import type { ChainName } from '../judge/trace-format.ts';
import { JournalWriter } from './folder/journal.ts';
import { MeasuresTable } from './folder/measures-table.ts';
import { RunPlace, runFiles } from './folder/place.ts';
import { orRefuse } from './folder/refused.ts';
import { TraceFiles } from './folder/trace-files.ts';
import type { VerdictFile } from './folder/verdict-file.ts';
import type { JournalEntry, RunRecorder } from './recorder.ts';

export interface RunFolderOptions {
  /** The folder of the run; its parents are made. */
  readonly path: string;
  /** A symbolic link that is pointed at the run when it is complete. */
  readonly latest?: string;
  /** The columns of measures.csv. */
  readonly measures: readonly MeasureSource[];
}

/** The recorder that keeps a run as a folder. Each method is described at `RunRecorder`. */
export class RunFolder implements RunRecorder {
  readonly #place: RunPlace;
  readonly #journal: JournalWriter;
  readonly #measures: MeasuresTable;
  readonly #traces = new Map<ChainName, TraceFiles>();
  #ended = false;

  /** Makes DIR.tmp. Throws `FolderRefused`, after which nothing is left behind. */
  constructor({ path, latest, measures }: RunFolderOptions) {
    this.#place = new RunPlace(path, latest);
    let journal: JournalWriter | undefined;
    try {
      journal = new JournalWriter(this.#place.pathOf(runFiles.journal));
      this.#journal = journal;
      this.#measures = new MeasuresTable(this.#place.pathOf(runFiles.measures), measures);
    } catch (error) {
      journal?.abandon();
      this.#place.leave();
      throw error;
    }
  }

  /** Where the finished folder stands, as an absolute path. */
  get path(): string {
    return this.#place.path;
  }

  openTrace(head: (chain: ChainName) => Uint8Array): void {
    for (const chain of ['trace', 'observations'] as const) {
      this.#traces.set(chain, new TraceFiles((name) => this.#place.pathOf(name), chain, head(chain)));
    }
  }

  appendSegment(segment: TraceSegment): void {
    const files = this.#traces.get(segment.chain);
    assert(files !== undefined, 'openTrace comes before the first segment');
    files.append(segment);
  }

  appendInput(entry: JournalEntry): void {
    this.#journal.append(entry);
  }

  observe(observation: Observation): void {
    this.#measures.observe(observation);
  }

  writeScenario(text: string): void {
    this.#write(runFiles.scenario, text);
  }

  writeModel(bytes: Uint8Array): void {
    this.#write(runFiles.model, bytes);
  }

  #write(name: string, content: string | Uint8Array): void {
    const path = this.#place.pathOf(name);
    orRefuse('write', path, () => writeFileSync(path, content));
  }

  /**
   * Writes the verdict and puts the folder in its place. `hashes` are those of the finished
   * TraceWriter, null where no trace was opened. Throws `FolderRefused`, after which nothing is left,
   * except that a `latest` which cannot be linked is refused when the run already stands in its place.
   */
  finish(verdict: VerdictFile, hashes: TraceHashes | null): void {
    this.close(verdict, hashes);
    this.settle();
  }

  /** The first half of `finish`: every file is whole, and can be read where `writtenPath` says. */
  close(verdict: VerdictFile, hashes: TraceHashes | null): void {
    assert(!this.#ended, 'a run folder is finished once');
    assert(hashes !== null || this.#traces.size === 0, 'an opened trace is closed with its hashes');
    this.#orAbandon(() => {
      for (const [chain, files] of this.#traces) files.close(hashes![chain]);
      this.#journal.close();
      this.#measures.close();
      this.#write(runFiles.verdict, `${JSON.stringify(verdict, null, 2)}\n`);
    });
  }

  /** Where the files are until the folder takes its place. */
  get writtenPath(): string {
    return this.#place.temporaryPath;
  }

  /** The second half of `finish`: the folder takes its place. */
  settle(): void {
    assert(!this.#ended, 'a run folder is finished once');
    this.#orAbandon(() => this.#place.settle());
    this.#ended = true;
  }

  #orAbandon(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  abandon(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#journal.abandon();
    this.#measures.abandon();
    for (const files of this.#traces.values()) files.abandon();
    this.#place.leave();
  }
}
