/**
 * Holds the laws of the house (DESIGN §2 and §3) over every file of the project. The rules are in
 * test/tidy/, their own tests in test/tidy/rules.test.ts. Each finding is a line `file:line: what;
 * instead: …`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatFinding } from './tidy/finding.ts';
import type { Finding } from './tidy/finding.ts';
import { findDeadFiles, findNodeBehind } from './tidy/import-graph.ts';
import { checkImports } from './tidy/import-rules.ts';
import { checkExplanations, checkLock, checkPins, dependenciesOf } from './tidy/package-rules.ts';
import type { Manifest } from './tidy/package-rules.ts';
import { browserEntry } from './tidy/rooms.ts';
import { checkCode, checkText } from './tidy/shape-rules.ts';
import { isCode, readSources, repositoryRoot } from './tidy/sources.ts';
import { parseSource } from './tidy/syntax.ts';
import type { ParsedSource } from './tidy/syntax.ts';
import { checkWords } from './tidy/word-rules.ts';

const readText = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');
const manifestText = readText('package.json');
const manifest = JSON.parse(manifestText) as Manifest;
const textFindings: Finding[] = [];
const sources = new Map<string, ParsedSource>();
for (const source of readSources()) {
  textFindings.push(...checkText(source));
  if (isCode(source.path)) sources.set(source.path, parseSource(source));
}

/** Fails with all findings at once, one a line. */
function expectNone(findings: readonly Finding[]): void {
  expect(findings.map(formatFinding).join('\n')).toBe('');
}

function checkAll(check: (source: ParsedSource) => readonly Finding[]): Finding[] {
  return [...sources.values()].flatMap(check);
}

test('the rules see the project: its rooms, its tests, its launcher', () => {
  for (const path of ['src/kernel/codec.ts', 'src/actors/define.ts', 'test/tidy.test.ts', 'bin/orrery.mjs']) {
    expect(sources.get(path)?.imports.length, path).toBeGreaterThan(0);
  }
});

test('imports keep to the rooms, and libraries to theirs', () => {
  const dependencies = new Set(Object.keys(manifest.dependencies ?? {}));
  expectNone(checkAll((source) => checkImports(source, dependencies)));
});

test('nothing behind run/execute needs Node', () => {
  expect(sources.has(browserEntry), `${browserEntry} is missing`).toBe(true);
  expectNone(findNodeBehind(sources, browserEntry));
});

test('no word of code reads a clock, chance, locale or host where results must repeat', () => {
  expectNone(checkAll(checkWords));
});

test('functions fit a screen, and no rule is silenced', () => {
  expectNone(checkAll(checkCode));
});

test('files have sizes, names and contents that a reader can live with', () => {
  expectNone(textFindings);
});

test('every file of src is reached from the command line', () => {
  const testing = [...sources.keys()].filter((path) => path.startsWith('src/testing/'));
  expectNone(findDeadFiles(sources, ['src/cli/main.ts', ...testing], 'src/'));
});

test('dependencies are pinned, explained and locked without a registry', () => {
  const node26 = 'test/node26/package.json';
  const names = [...dependenciesOf(manifest), ...dependenciesOf(JSON.parse(readText(node26)) as Manifest)];
  const reasons = 'docs/dependencies.md';
  expectNone([
    ...checkPins('package.json', manifestText),
    ...checkPins(node26, readText(node26)),
    ...checkExplanations(names.map(([name]) => name), reasons, readText(reasons)),
    ...checkLock('package-lock.json', readText('package-lock.json')),
  ]);
});
