/**
 * Replays a run folder: executes its scenario again and compares journal, trace and observations.
 *
 * A stored run may have been edited, or made by other code; either way the first difference is named
 * by its sequence number, and nothing is written into the folder.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RoleDefinition } from '../actors/define.ts';
import { SimulatedIdentities } from '../crypto/simulated-identities.ts';
import { firstDifference } from '../judge/first-difference.ts';
import { verdictOf, inOrderOfWeight } from '../judge/verdict.ts';
import type { Finding } from '../judge/verdict.ts';
import { readDataFiles } from './data-files.ts';
import { findingOfDifference } from './difference.ts';
import { ed25519Node } from './ed25519-node.ts';
import { firstJournalDifference } from './folder/journal.ts';
import { openRunFolder } from './folder/open.ts';
import type { OpenRun } from './folder/open.ts';
import { runFiles } from './folder/place.ts';
import { FolderRefused } from './folder/refused.ts';
import { loadScenario } from './load.ts';
import type { RunOptions, RunResult } from './result.ts';
import { problemText } from './scenario/problems.ts';
import { BlobStore } from '../kernel/blobs.ts';
import type { NodeId } from '../kernel/ids.ts';
import { firstUnfoldedRecord } from './fold-trace.ts';
import { gunzipData } from './gunzip-node.ts';
import { prepare } from './prepare.ts';
import type { Registry } from './registry.ts';
import type { ResolvedScenario } from './resolved.ts';
import { sha256Node } from './sha256-node.ts';
import { simulateScenario } from './simulate.ts';

export type ReplayRequest = Pick<RunOptions, 'signal' | 'onProgress' | 'replayLine'> & { readonly dataFolder: string | undefined };

/** Replays the run in a folder. Throws `FolderRefused` for what is no run or cannot be run again. */
export async function replayFolder(folder: string, builtinRoles: readonly RoleDefinition[], request: ReplayRequest): Promise<RunResult> {
  const stored = openRunFolder(folder, { sha256: sha256Node });
  const place = mkdtempSync(join(tmpdir(), 'orrery-replay-'));
  try {
    const again = join(place, 'run');
    const scenario = await loadAgain(stored, builtinRoles, request.dataFolder);
    const result = await executeAgain(scenario, request, again, folder);
    if (result.verdict.partial === true) return { ...result, folder: null };
    return withDifference(result, compare(stored, again) ?? foldAgain(stored, scenario));
  } finally {
    stored.close();
    rmSync(place, { recursive: true, force: true });
  }
}

/** The scenario of a stored run, with its roles and data. */
interface StoredScenario {
  readonly file: string;
  readonly scenario: ResolvedScenario;
  readonly registry: Registry;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

async function loadAgain(
  stored: OpenRun,
  builtinRoles: readonly RoleDefinition[],
  dataFolder: string | undefined,
): Promise<StoredScenario> {
  const file = join(stored.path, runFiles.scenario);
  const loaded = await loadScenario({ file, overrides: [], builtinRoles });
  if (loaded.kind === 'refused') throw new FolderRefused(loaded.problems.map(problemText).join('\n'), file);
  const data = await readDataFiles(loaded.scenario, loaded.registry, loaded.place, dataFolder);
  if (data.kind === 'refused') throw new FolderRefused(data.problems.map(problemText).join('\n'), file);
  return { file, scenario: loaded.scenario, registry: loaded.registry, files: data.files };
}

function executeAgain(
  { file, scenario, registry, files }: StoredScenario,
  { signal, onProgress, replayLine }: ReplayRequest,
  folder: string,
  shownFolder: string,
): Promise<RunResult> {
  return simulateScenario(scenario, registry, {
    scenarioFile: file, files, signal, onProgress, twice: false, folder, shownFolder, replayLine,
  });
}

/** Steps each node through its recorded inputs without a world: the same commands must come out. */
function foldAgain(stored: OpenRun, { scenario, registry, files }: StoredScenario): Finding | undefined {
  if (stored.trace === null) return undefined;
  const identities = new SimulatedIdentities({ seed: scenario.seed, sha256: sha256Node, scheme: ed25519Node });
  const publicKeyOf = (node: NodeId): Uint8Array => identities.publicKeyOf(node);
  const supplies = { files, gunzip: gunzipData, sha256: sha256Node, publicKeyOf };
  const { specifications } = prepare(scenario, registry, supplies, new BlobStore(sha256Node));
  return firstUnfoldedRecord(stored.trace.reader, specifications);
}

function compare(stored: OpenRun, again: string): Finding | undefined {
  const replayed = openRunFolder(again, { sha256: sha256Node });
  try {
    for (const chain of ['trace', 'observations'] as const) {
      const left = stored[chain];
      const right = replayed[chain];
      if (left === null || right === null) continue;
      const difference = firstDifference(left.reader, right.reader);
      if (difference !== undefined) return findingOfDifference(difference, ['stored', 'replayed']);
    }
    const line = firstJournalDifference(stored.journalPath, replayed.journalPath);
    if (line !== undefined) return journalFinding(line);
    const contradiction = stored.trace?.verify();
    return contradiction === undefined ? undefined : finding(0, `the stored trace contradicts its table of segments: ${contradiction}`);
  } finally {
    replayed.close();
  }
}

function finding(event: number, message: string): Finding {
  return { class: 'nondeterministic', property: '', at: 0, node: '', event, message, facts: [] };
}

const lineTextMax = 300;

function journalFinding({ line, sequence, left, right }: NonNullable<ReturnType<typeof firstJournalDifference>>): Finding {
  const text = (side: string | undefined): string => (side === undefined ? 'no line' : side.slice(0, lineTextMax));
  const which = sequence === undefined ? `line ${line}` : `line ${line}, input ${sequence}`;
  return finding(sequence ?? 0, `the journals differ in ${which}; stored run: ${text(left)}; replayed run: ${text(right)}`);
}

function withDifference(result: RunResult, difference: Finding | undefined): RunResult {
  if (difference === undefined) return { ...result, folder: null };
  const findings = inOrderOfWeight([difference, ...result.verdict.findings.map((other) => ({ facts: [], ...other }))]);
  const verdict = { ...result.verdict, verdict: verdictOf(findings), findings };
  const report = [
    `NONDETERMINISTIC  ${verdict.scenario}, seed ${verdict.seed}`,
    difference.message,
    'to run it again:',
    `  ${verdict.replay}`,
  ];
  return { verdict, report: report.join('\n'), folder: null };
}
