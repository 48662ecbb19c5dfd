/** Replaces the verdict of a finished run, when a later comparison changes it. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFiles } from './place.ts';
import { orRefuse } from './refused.ts';
import type { VerdictFile } from './verdict-file.ts';

/** Writes verdict.json anew, whole or not at all. Throws `FolderRefused`. */
export function replaceVerdict(folder: string, verdict: VerdictFile): void {
  const path = join(folder, runFiles.verdict);
  orRefuse('write', path, () => {
    writeFileSync(`${path}.tmp`, `${JSON.stringify(verdict, null, 2)}\n`);
    renameSync(`${path}.tmp`, path);
  });
}
