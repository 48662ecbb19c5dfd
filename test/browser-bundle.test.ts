/**
 * All that decides a run, from kernel to run/execute, can be bundled for a browser: no import of a
 * Node module is left, neither ours nor a library's.
 */
import { build } from 'esbuild';
import type { BuildFailure, BuildOptions } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { browserEntry, threadsFile, withoutNode } from './tidy/rooms.ts';
import { isUnder } from './tidy/import-rules.ts';
import { readSources, repositoryRoot } from './tidy/sources.ts';

/** Bundles in memory; answers with esbuild's complaints, an unknown Node module among them. */
async function bundleErrors(input: Pick<BuildOptions, 'entryPoints' | 'stdin'>): Promise<string[]> {
  try {
    await build({
      ...input,
      absWorkingDir: repositoryRoot,
      bundle: true,
      platform: 'browser',
      format: 'esm',
      target: 'es2024',
      outdir: 'never-written',
      write: false,
      logLevel: 'silent',
    });
    return [];
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>;
    if (errors === undefined) throw error;
    return errors.map(({ text, location }) => `${location?.file}:${location?.line}: ${text}`);
  }
}

function browserFiles(): string[] {
  const paths = [...readSources()].map((source) => source.path);
  const inRoom = (path: string) => withoutNode.some((place) => isUnder(path, place));
  return paths.filter((path) => path.endsWith('.ts') && path !== threadsFile && inRoom(path));
}

describe('a bundle for a browser', () => {
  test('holds everything from kernel to run/execute', async () => {
    const files = browserFiles();
    expect(files).toContain(browserEntry);
    expect(await bundleErrors({ entryPoints: files })).toEqual([]);
  });

  test('is refused as soon as a Node module gets in', async () => {
    const contents = 'import { readFileSync } from "node:fs"; console.log(readFileSync);';
    const errors = await bundleErrors({ stdin: { contents, resolveDir: repositoryRoot } });
    expect(errors.join('\n')).toContain('Could not resolve "node:fs"');
  });
});
