/**
 * Reports as files: report.html of a run folder, its charts as SVG, its numbers as CSV.
 *
 * A file is written beside its place and renamed, so that it is whole or not there. What cannot be read
 * or written is refused in words (`FolderRefused`).
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { RoleDefinition } from '../actors/define.ts';
import { runFiles } from '../run/folder/place.ts';
import { orRefuse } from '../run/folder/refused.ts';
import { createRegistry } from '../run/registry.ts';
import type { Registry } from '../run/registry.ts';
import { drawSvg } from './chart.ts';
import { tableFileNames } from './figure.ts';
import type { PageChart } from './figure.ts';
import { chartsOf, readRunMaterial, runReportOf } from './run-report.ts';
import type { RunMaterial } from './run-report.ts';
import { csvOf } from './table.ts';

/** Writes report.html into a folder that was just written. Throws `FolderRefused`. */
export async function writeRunReport(folder: string, registry: Registry): Promise<void> {
  const material = readRunMaterial(folder, { registry, verifies: false, isBeingWritten: true });
  writeWhole(join(folder, runFiles.report), await runReportOf(material));
}

/** What is wanted of a finished run. */
export interface ReportRequest {
  readonly folder: string;
  readonly builtinRoles: readonly RoleDefinition[];
  /** The page; report.html in the run's own folder where it is not said. */
  readonly out?: string;
  /** Folders for every chart as SVG and every table as CSV. */
  readonly svgFolder?: string;
  readonly csvFolder?: string;
}

/** Writes the report of a finished run anew, and gives the paths of what was written. Throws `FolderRefused`. */
export async function reportOnFolder({ folder, builtinRoles, out, svgFolder, csvFolder }: ReportRequest): Promise<string[]> {
  const material = await readFinishedRun(folder, builtinRoles);
  const page = out ?? join(folder, runFiles.report);
  writeWhole(page, await runReportOf(material));
  const written = [page];
  if (svgFolder === undefined && csvFolder === undefined) return written;
  const charts = Object.values(await chartsOf(material)).flat();
  if (svgFolder !== undefined) written.push(...(await writeDrawings(charts, svgFolder)));
  if (csvFolder !== undefined) written.push(...writeNumbers(charts, csvFolder));
  return written;
}

/** Reads a finished run and holds it against its hashes; `whole` refuses one that was cut short. Throws `FolderRefused`. */
export async function readFinishedRun(
  folder: string,
  builtinRoles: readonly RoleDefinition[],
  wanted: 'whole' | 'any' = 'any',
): Promise<RunMaterial> {
  // A stored run may come from anybody, so role files that it names are not executed: what they record goes without its description.
  return readRunMaterial(folder, { registry: createRegistry(builtinRoles), verifies: true, acceptPartial: wanted === 'any' });
}

async function writeDrawings(charts: readonly PageChart[], folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const { name, specification, tables } of charts) {
    const path = join(folder, `${name}.svg`);
    writeWhole(path, `${await drawSvg(specification, tables)}\n`);
    paths.push(path);
  }
  return paths;
}

function writeNumbers(charts: readonly PageChart[], folder: string): string[] {
  return charts.flatMap((chart) =>
    [...tableFileNames(chart)].map(([table, file]) => {
      const path = join(folder, file);
      writeWhole(path, csvOf(chart.tables[table]!));
      return path;
    }),
  );
}

/** Writes a file whole or not at all, and makes its folder. Throws `FolderRefused`. */
export function writeWhole(path: string, text: string): void {
  const beside = `${path}.${process.pid}.tmp`;
  orRefuse('make', dirname(path), () => mkdirSync(dirname(resolve(path)), { recursive: true }));
  try {
    orRefuse('write', path, () => {
      writeFileSync(beside, text);
      renameSync(beside, path);
    });
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
