/**
 * What a run is asked and what it answers: the contract between execute and everybody who calls it.
 *
 * Types only. The words of an answer are cli/verdict-line; the JSON of it is `verdict`, the same
 * object that verdict.json holds.
 */
import type { Micros } from '../kernel/time.ts';
import type { VerdictFile } from './folder/verdict-file.ts';
import type { Registry } from './registry.ts';

/** How far a run is. */
export interface RunProgress {
  readonly virtualUs: Micros;
  readonly events: number;
  readonly wallSeconds: number;
  /** The latest round that was opened, and how many there will be; null where there are no rounds. */
  readonly round: number | null;
  readonly rounds: number | null;
  /** The latest value of each measure. */
  readonly measures: Readonly<Record<string, number>>;
}

export interface RunOptions {
  /** The scenario file, for the role files that it names relative to itself. */
  readonly scenarioFile: string;
  /** Bytes of the data files that the scenario's sections ask for (see data-files.ts). */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Ends the run as `interrupted`, with what there is so far. */
  readonly signal: AbortSignal;
  /** Called often; the caller throttles what it shows. */
  readonly onProgress: (progress: RunProgress) => void;
  /** Runs a second time, in a fresh process with an empty cache, and compares. */
  readonly twice: boolean;
  /** Steps each input twice and compares, which finds state outside of snapshots. */
  readonly pure?: boolean;
  /** Compute threads; as many as the machine has processors where it is not said. */
  readonly threads?: number;
  /** The folder to write; undefined where none is wanted. */
  readonly folder?: string;
  /** The folder that reports name, where it is another: a replay's own folder is gone when they are read. */
  readonly shownFolder?: string;
  /** A symbolic link to be pointed at the folder. */
  readonly latest?: string;
  /** Writes the report into a folder whose other files are whole; without it a folder has none. */
  readonly writeReport?: ReportWriter;
  /** Told why when the report could not be written; the run and its verdict stay. */
  readonly onReportFailed?: (words: string) => void;
  /** The line to paste that repeats this run. */
  readonly replayLine: string;
}

/** Writes report.html into a run folder, whose roles `registry` describes. Throws `FolderRefused`. */
export type ReportWriter = (folder: string, registry: Registry) => Promise<void>;

export interface RunResult {
  readonly verdict: VerdictFile;
  /** The failure report, one screen of text; null when the run passed. */
  readonly report: string | null;
  /** The folder that was written, as the user would name it. */
  readonly folder: string | null;
}
