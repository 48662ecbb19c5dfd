/**
 * Opens the folder of a finished run, for replay and for people's tools.
 *
 * What it finds may be half copied, edited or no run at all, and each of these is told apart in
 * words. Hashes are not checked on opening: `verify` does that, and replay must be able to open an
 * edited trace in order to name the record at fault.
 */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Sha256 } from '../../kernel/blobs.ts';
import type { ChainName } from '../../judge/trace-format.ts';
import { TraceRefused } from '../../judge/trace-format.ts';
import { TraceReader } from '../../judge/trace-reader.ts';
import { contradiction, parseSegmentTable } from '../../judge/segment-table.ts';
import type { SegmentTable } from '../../judge/segment-table.ts';
import { runFiles } from './place.ts';
import { FolderRefused, orRefuse } from './refused.ts';
import { FileSource, traceFileNames } from './trace-files.ts';
import { parseVerdictFile } from './verdict-file.ts';
import type { VerdictFile } from './verdict-file.ts';

/** One chain of a stored run. */
export interface StoredTrace {
  readonly reader: TraceReader;
  readonly table: SegmentTable;
  /** Reads everything and says in words what contradicts the table; undefined when nothing does. */
  verify(): string | undefined;
}

export interface OpenRun {
  readonly path: string;
  readonly verdict: VerdictFile;
  /** The resolved scenario as YAML text. */
  readonly scenario: string;
  /** null where the run has none, `trace=-`. */
  readonly trace: StoredTrace | null;
  readonly observations: StoredTrace | null;
  readonly journalPath: string;
  /** Closes the files that readers hold. */
  close(): void;
}

export interface OpenOptions {
  readonly sha256: Sha256;
  /** Whether a run that was cut short will do. */
  readonly acceptPartial?: boolean;
  /** Whether the folder has not taken its place yet: only its own writer reads it then. */
  readonly isBeingWritten?: boolean;
}

/** Opens a run folder or a link to one. Throws `FolderRefused` in words. */
export function openRunFolder(path: string, { sha256, acceptPartial = false, isBeingWritten = false }: OpenOptions): OpenRun {
  const folder = existingFolder(path, isBeingWritten);
  const verdict = readVerdict(folder);
  if (verdict.partial === true && !acceptPartial) {
    throw new FolderRefused(`${path} is a partial run: it was cut short and has no end to compare with`, path);
  }
  const sources: FileSource[] = [];
  const close = () => sources.forEach((source) => source.close());
  try {
    const hasTrace = verdict.trace !== '-';
    return {
      path: folder,
      verdict,
      scenario: readText(folder, runFiles.scenario),
      trace: hasTrace ? openTrace(folder, 'trace', sha256, sources) : null,
      observations: hasTrace ? openTrace(folder, 'observations', sha256, sources) : null,
      journalPath: present(folder, runFiles.journal),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function existingFolder(path: string, isBeingWritten: boolean): string {
  const found = orRefuse('open', path, () => statSync(path, { throwIfNoEntry: false }));
  if (found === undefined) {
    const hint = existsSync(`${path}.tmp`) ? `, but ${path}.tmp does: that run never ended` : '';
    throw new FolderRefused(`${path} does not exist${hint}`, path);
  }
  if (!found.isDirectory()) throw new FolderRefused(`${path} is not a folder`, path);
  const real = realpathSync(path);
  if (isBeingWritten || !real.endsWith('.tmp')) return real;
  throw new FolderRefused(`${path} belongs to a run that never ended, or is still going on`, path);
}

function present(folder: string, name: string): string {
  const path = join(folder, name);
  if (existsSync(path)) return path;
  if (name === runFiles.verdict) throw new FolderRefused(`${folder} is not a run: it has no ${name}`, folder);
  throw new FolderRefused(`${folder} is not a whole run: ${name} is missing`, folder);
}

function readText(folder: string, name: string): string {
  const path = present(folder, name);
  return orRefuse('read', path, () => readFileSync(path, 'utf8'));
}

function readVerdict(folder: string): VerdictFile {
  const parsed = parseVerdictFile(readText(folder, runFiles.verdict));
  if ('verdict' in parsed) return parsed.verdict;
  throw new FolderRefused(`${join(folder, runFiles.verdict)} is not a verdict of this version: ${parsed.wrong}`, folder);
}

/** Opens one chain; its file is added to `sources`, which the caller closes. */
function openTrace(folder: string, chain: ChainName, sha256: Sha256, sources: FileSource[]): StoredTrace {
  const path = present(folder, traceFileNames[chain].records);
  const source = new FileSource(path);
  sources.push(source);
  try {
    const table = parseSegmentTable(readText(folder, traceFileNames[chain].segments));
    const reader = new TraceReader(source, sha256);
    if (reader.chain !== chain) throw new TraceRefused(`it holds the ${reader.chain}`);
    const stated = table.segments.reduce((sum, segment) => sum + segment.bytes, reader.recordsAt);
    if (source.length < stated) throw new TraceRefused(`it is truncated: ${source.length} bytes of ${stated}`);
    return { reader, table, verify: () => contradiction(table, reader.index()) };
  } catch (error) {
    if (error instanceof TraceRefused) throw new FolderRefused(`cannot use ${path}: ${error.message}`, path, error);
    throw error;
  }
}
