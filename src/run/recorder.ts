/**
 * What a run hands over while it goes on, to whoever keeps it.
 *
 * run/execute speaks to this interface only, so that it needs no file system and runs in a browser;
 * run/folder.ts is the recorder that writes a folder. All calls are synchronous and cheap.
 */
import type { InputEvent } from '../kernel/contract.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { Observation } from '../kernel/properties.ts';
import type { Micros } from '../kernel/time.ts';
import type { TraceHashes, TraceSegment } from '../judge/trace.ts';
import type { ChainName } from '../judge/trace-format.ts';
import type { Counters } from '../worlds/sim/recorder.ts';
import type { VerdictFile } from './folder/verdict-file.ts';

/** One input as it stands in a journal. */
export interface JournalEntry {
  readonly sequence: number;
  readonly at: Micros;
  readonly mono: Micros;
  readonly node: NodeId;
  readonly dice: number;
  readonly event: InputEvent;
}

export interface RunRecorder {
  /** Opens the trace's files; `head` is `fileHead` of the judge's TraceWriter. */
  openTrace(head: (chain: ChainName) => Uint8Array): void;
  /** Takes a finished segment; to be given to the judge's TraceWriter as `onSegment`. */
  appendSegment(segment: TraceSegment): void;
  /** Appends an input to the journal. */
  appendInput(entry: JournalEntry): void;
  /** Offers an observation to the table of measures. */
  observe(observation: Observation): void;
  /** Keeps the resolved scenario, as YAML text. */
  writeScenario(text: string): void;
  /** Keeps the model's safetensors bytes. */
  writeModel(bytes: Uint8Array): void;
  /** Ends the recording; `hashes` are those of the finished TraceWriter, null where no trace was opened. */
  finish(verdict: VerdictFile, hashes: TraceHashes | null): void;
  /** Gives the run up and leaves nothing. Does nothing after `finish`. */
  abandon(): void;
}

/** Whoever takes figures while a run goes on: it sees what was counted up to the moment of an observation. */
export interface RunWatch {
  observe(observation: Observation, counters: Readonly<Counters>): void;
}
