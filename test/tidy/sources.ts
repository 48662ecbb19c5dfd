/**
 * Reads the files that tidy judges: every text file of the project's own folders, and those at the
 * root that people or tools read. Nothing installed, built or drawn by a run.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface SourceFile {
  /** Path from the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

export const repositoryRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const folders = ['src', 'test', 'bench', 'examples', 'bin', 'scenarios', 'docs', '.ci'];
const readableEndings = /\.(?:ts|mts|mjs|js|json|ya?ml|md|html|css)$|^\.ci\/run$/u;

/** Every readable file of the project's folders, in the order of their paths. */
export function* readSources(root: string = repositoryRoot): Generator<SourceFile> {
  for (const folder of folders) yield* readFolder(root, folder);
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const isText = entry.isFile() && readableEndings.test(entry.name) && entry.name !== 'package-lock.json';
    if (isText) yield { path: entry.name, text: readFileSync(join(root, entry.name), 'utf8') };
  }
}

function* readFolder(root: string, folder: string): Generator<SourceFile> {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && entry.name !== 'node_modules') yield* readFolder(root, path);
    if (entry.isFile() && readableEndings.test(path)) yield { path, text: readFileSync(join(root, path), 'utf8') };
  }
}

/** Whether a file holds code that can be parsed. */
export function isCode(path: string): boolean {
  return /\.(?:ts|mts|mjs|js)$/u.test(path);
}
