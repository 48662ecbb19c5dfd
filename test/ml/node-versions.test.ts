import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('print-model-hashes.ts', import.meta.url));
const node26 = fileURLToPath(new URL('../../node_modules/node26/bin/node', import.meta.url));

/** Standard output of the program under one Node. */
function hashesUnder(node: string): string {
  return execFileSync(node, [program], { encoding: 'utf8' });
}

test('training repeats bit for bit in a fresh process', () => {
  const lines = hashesUnder(process.execPath);
  expect(lines).toMatch(/^(?:[0-9a-f]{64} [\d. ]+\n){4}$/u);
  expect(hashesUnder(process.execPath)).toBe(lines);
});

test.skipIf(!existsSync(node26))('Node 26 trains the same models (skipped where node26 is not installed)', () => {
  expect(hashesUnder(node26)).toBe(hashesUnder(process.execPath));
});
