import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

/** Packages and built-in modules that a file imports before any verb is asked for. */
async function importedAtStart(file: string): Promise<string[]> {
  const { outputs } = await build({
    entryPoints: [file],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outdir: 'nowhere',
    write: false,
    metafile: true,
  }).then(({ metafile }) => metafile);
  const start = Object.keys(outputs).find((name) => outputs[name]!.entryPoint?.endsWith('src/cli/main.ts'));
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const { path, kind } of outputs[name]?.imports ?? []) if (kind === 'import-statement') visit(path);
  };
  visit(start!);
  return [...seen].filter((name) => outputs[name] === undefined).sort();
}

it('--help loads the option parser and nothing heavy', async () => {
  const file = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  expect(await importedAtStart(file)).toEqual(['commander', 'node:os']);
});
