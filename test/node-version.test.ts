/** Everything runs under the Node that npm installed, whatever the machine has besides. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from './tidy/sources.ts';

test('the node of npm scripts is version 24', () => {
  const node = join(repositoryRoot, 'node_modules', '.bin', 'node');
  expect(execFileSync(node, ['--version'], { encoding: 'utf8' })).toMatch(/^v24\./u);
});

test('the tests themselves run under Node 24', () => {
  expect(process.versions.node).toMatch(/^24\./u);
});

const node26 = join(repositoryRoot, 'node_modules', 'node26', 'bin', 'node');

test('the second Node, for comparisons, is version 26', ({ skip }) => {
  skip(!existsSync(node26), 'node26 is installed on Linux x64 only');
  expect(execFileSync(node26, ['--version'], { encoding: 'utf8' })).toMatch(/^v26\./u);
});
