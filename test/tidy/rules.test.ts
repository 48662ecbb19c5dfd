/**
 * Tests of the rules themselves: each planted fault is found on its line, and the same words in
 * comments, strings and harmless places are not.
 */
import { describe, expect, test } from 'vitest';
import { formatFinding } from './finding.ts';
import type { Finding } from './finding.ts';
import { findDeadFiles, findNodeBehind } from './import-graph.ts';
import { checkImports } from './import-rules.ts';
import { checkExplanations, checkLock, checkPins } from './package-rules.ts';
import { checkCode, checkText, linesPerFileMax, linesPerFunctionMax } from './shape-rules.ts';
import { isCode } from './sources.ts';
import { parseSource } from './syntax.ts';
import type { ParsedSource } from './syntax.ts';
import { checkWords } from './word-rules.ts';

const installed = new Set(['xstate', 'cbor-x', 'effect', 'commander', 'left-pad']);

/** All findings on one planted file. */
function judge(path: string, text: string): Finding[] {
  if (!isCode(path)) return checkText({ path, text });
  const source = parseSource({ path, text });
  return [...checkText(source), ...checkCode(source), ...checkWords(source), ...checkImports(source, installed)];
}

/** A folder of planted files, by path. */
function plant(files: Readonly<Record<string, string>>): Map<string, ParsedSource> {
  return new Map(Object.entries(files).map(([path, text]) => [path, parseSource({ path, text })]));
}

/** Each row: where, what is written there, and what must be said about it. */
const planted: readonly (readonly [path: string, text: string, said: RegExp])[] = [
  // Directions between rooms, for every kind of import.
  ['src/kernel/a.ts', "import { x } from '../ml/x.ts';", /:1: src\/kernel imports .* from src\/ml/u],
  ['src/protocols/a.ts', "import type { X } from '../actors/x.ts';", /src\/protocols imports .* from src\/actors/u],
  ['src/actors/a.ts', "const x = await import('../host/step.ts');", /src\/actors imports .* from src\/host/u],
  ['src/actors/a.ts', "let x: import('../run/result.ts').X;", /src\/actors imports .* from src\/run/u],
  ['src/judge/a.ts', "export { x } from '../worlds/sim/x.ts';", /src\/judge imports .* from src\/worlds\/sim/u],
  ['src/worlds/sim/a.ts', "export * from '../live/x.ts';", /src\/worlds\/sim imports .* from src\/worlds\/live/u],
  ['src/worlds/live/a.ts', "import { x } from '../sim/x.ts';", /src\/worlds\/live imports .* from src\/worlds\/sim/u],
  ['src/worlds/sim/a.ts', "import '../../judge/trace.ts';", /src\/worlds\/sim imports .* from src\/judge/u],
  ['src/run/a.ts', "import { x } from '../../test/support/x.ts';", /src\/run imports .* from test\/support/u],
  ['src/run/a.ts', "import x from '../../scenarios/x.ts';", /src\/run imports .* from outside of every room/u],
  ['src/run/a.ts', "import { x } from './x';", /\.\/x has no ending/u],
  // Node, and libraries out of their rooms.
  ['src/host/a.ts', "import { x } from 'node:fs';", /node:fs in a room without Node/u],
  ['src/run/execute.ts', "import { x } from 'node:fs';", /node:fs in a room without Node/u],
  ['src/run/a.ts', "import { x } from 'fs';", /fs is a module of Node; instead: write node:fs/u],
  ['src/run/a.ts', "import { x } from 'xstate';", /xstate outside of src\/actors\/, src\/host\/step\.ts/u],
  ['src/kernel/blobs.ts', "import { x } from 'cbor-x/encode';", /cbor-x\/encode outside of src\/kernel\/codec\.ts/u],
  ['src/run/a.ts', "import * as Effect from 'effect/Effect';", /effect\/Effect outside of src\/worlds\/live/u],
  ['src/kernel/a.ts', "import * as Schema from 'effect/Schema';", /effect\/Schema outside of/u],
  ['src/run/a.ts', "import { x } from 'lodash';", /lodash is not installed with Orrery/u],
  ['src/run/a.ts', "import { x } from 'left-pad';", /left-pad has no room/u],
  // Law 3.
  ['src/ml/a.ts', 'const x = 1;\nconst y = new Date(x);', /:2: Date where results must repeat; instead: read `at`/u],
  ['src/kernel/a.ts', 'export const f = (at: Date) => at;', /Date where results/u],
  ['src/actors/a.ts', 'const x = Math.random();', /Math\.random .* choose, uniform/u],
  ['src/ml/a.ts', 'const x = Math.pow(2, 3);', /Math\.pow .* src\/kernel\/arithmetic\.ts/u],
  ['src/ml/a.ts', "const x = Math['exp'](2);", /Math\.exp differs/u],
  ['src/ml/a.ts', 'const name = "exp"; const x = Math[name](2);', /Math\.\[computed\] differs/u],
  ['src/ml/a.ts', 'const { random } = Math;', /Math is passed on/u],
  ['src/judge/a.ts', 'const x = 2 ** 3;', /the operator \*\*/u],
  ['src/judge/a.ts', 'let x = 2; x **= 3;', /the operator \*\*/u],
  ['src/host/a.ts', 'const x = performance.now();', /performance where/u],
  ['src/worlds/sim/a.ts', 'setTimeout(() => {}, 1);', /setTimeout .* `after`/u],
  ['src/protocols/a.ts', 'const x = process.env;', /process where/u],
  ['src/crypto/a.ts', 'crypto.randomUUID();', /crypto where/u],
  ['src/kernel/a.ts', "const x = 'a'.localeCompare('b');", /\.localeCompare depends on the locale/u],
  ['src/kernel/a.ts', 'const x = (1).toLocaleString();', /\.toLocaleString depends/u],
  ['src/kernel/a.ts', 'const x = new Intl.NumberFormat();', /Intl where/u],
  ['src/kernel/a.ts', 'const x = globalThis;', /globalThis where/u],
  ['src/ml/a.ts', 'async function f() {}', /async in a room without promises/u],
  ['src/ml/a.ts', 'const f = async () => 1;', /async in a room/u],
  ['src/ml/a.ts', 'class A { async f() {} }', /async in a room/u],
  ['src/ml/a.ts', 'export const x = 1; for await (const z of y) f(z);', /await in a room/u],
  ['src/ml/a.ts', 'export type P = Promise<number>;', /Promise in a room/u],
  ['src/ml/a.ts', 'start().then(f);', /\.then in a room/u],
  // Charts.
  ['src/actors/a.ts', "import { raise } from 'xstate';", /xstate's raise in a chart/u],
  ['src/actors/a.ts', "const chart = { states: { a: { invoke: { src: 'x' } } } };", /xstate's invoke in a chart/u],
  ['src/actors/a.ts', 'const f = ({ enqueue }) => enqueue.sendTo(a, b);', /xstate's sendTo in a chart/u],
  ['src/actors/a.ts', 'const f = ({ spawn }) => spawn(x);', /xstate's spawn in a chart/u],
  // Shapes.
  ['src/run/misc.ts', '', /"misc\.ts" says nothing/u],
  ['src/run/string-utils.ts', '', /says nothing/u],
  ['src/helpers/a.ts', '', /"helpers" says nothing/u],
  ['src/run/runFolder.ts', '', /not in kebab-case/u],
  ['src/run/a.ts', `// ${'x'.repeat(140)}`, /:1: the line has 143 columns/u],
  ['src/run/a.ts', '\n'.repeat(linesPerFileMax + 1), /the file has 301 lines/u],
  ['src/run/a.ts', `function long() {${'\n'.repeat(linesPerFunctionMax)}}`, /:1: long has 71 lines/u],
  ['src/run/a.ts', `const long = () => {${'\n'.repeat(linesPerFunctionMax)}};`, /:1: long has 71 lines/u],
  ['src/run/a.ts', `// ${['TO', 'DO'].join('')}: later`, /the marker/u],
  ['scenarios/a.yaml', `about: ${['FIX', 'ME'].join('')}`, /the marker/u],
  ['src/run/a.ts', `const x = '${['', 'home', 'me', 'x'].join('/')}';`, /a path of one machine/u],
  ['docs/a.md', `see ${['', 'root', 'x'].join('/')}`, /a path of one machine/u],
  ['.ci/run', `npm ci --registry https://${['registry', 'npmjs', 'org'].join('.')}`, /the host of a registry/u],
  ['src/run/a.ts', '// @ts-ignore\nf();', /a rule is silenced/u],
  ['test/a.test.ts', '/* oxlint-disable */', /a rule is silenced/u],
  ['src/run/a.ts', 'export default 1;', /export default/u],
  ['src/run/a.ts', "export * from './b.ts';", /a barrel/u],
  ['src/run/a.ts', "import { b } from './b/index.ts';", /an index file/u],
  ['src/run/a.ts', 'const x = ;', /write what can be parsed/u],
];

const innocent: readonly (readonly [path: string, text: string])[] = [
  ['src/kernel/a.ts', '// Date, Math.random() and 2 ** 3 stand here in a comment.\nconst x = "new Date() ** await";'],
  ['src/kernel/a.ts', 'export const x = { process: 1, then: 2, Date: 3 }; x.process; x.Date;'],
  ['src/kernel/a.ts', 'export const x = Math.floor(1.5) + Math.imul(2, 3);'],
  ['src/actors/a.ts', "import { raise } from './define.ts';\nimport { and } from 'xstate';\nraise(and);"],
  ['src/host/step.ts', "import type { AnyStateMachine } from 'xstate';"],
  ['src/host/a.ts', 'export async function f() { await g(); }'],
  ['src/run/a.ts', "import { readFileSync } from 'node:fs';\nimport { x } from '../worlds/sim/x.ts';"],
  ['src/protocols/a.ts', "import * as Schema from 'effect/Schema';"],
  ['src/run/a.ts', 'const started = Date.now();'],
  ['test/a.test.ts', `describe('x', () => {${'\n'.repeat(linesPerFunctionMax)}});`],
  ['docs/a.md', 'See https://example.org/home/me and src/work/x, or ./tmp/x.'],
  ['src/run/commonality.ts', ''],
];

describe('a planted fault is found', () => {
  test.each(planted)('%s: %s', (path, text, said) => {
    expect(judge(path, text).map(formatFinding).join('\n')).toMatch(said);
  });
});

describe('nothing is said of', () => {
  test.each(innocent)('%s: %s', (path, text) => {
    expect(judge(path, text).map(formatFinding)).toEqual([]);
  });
});

describe('the import graph', () => {
  test('names the chain by which Node gets into a browser bundle', () => {
    const sources = plant({
      'src/run/execute.ts': "import { a } from './a.ts';\nimport type { T } from './types.ts';",
      'src/run/a.ts': "import { b } from './b.ts';",
      'src/run/b.ts': "import { readFileSync } from 'node:fs';",
      'src/run/types.ts': "import { hash } from 'node:crypto';",
    });
    expect(findNodeBehind(sources, 'src/run/execute.ts').map(formatFinding)).toEqual([
      expect.stringContaining('through src/run/execute.ts → src/run/a.ts → src/run/b.ts;'),
    ]);
  });

  test('names dead files, and counts verbs, types and the files of threads as alive', () => {
    const sources = plant({
      'src/cli/main.ts': "const verb = () => import('./verbs/run.ts');\nexport type { T } from './types.ts';",
      'src/cli/verbs/run.ts': "new Worker(new URL('./thread.js', import.meta.url));",
      'src/cli/verbs/thread.ts': '',
      'src/cli/types.ts': '',
      'src/cli/forgotten.ts': "import '../kernel/also-forgotten.ts';",
      'src/kernel/also-forgotten.ts': '',
    });
    const dead = findDeadFiles(sources, ['src/cli/main.ts'], 'src/').map(({ file }) => file);
    expect(dead).toEqual(['src/cli/forgotten.ts', 'src/kernel/also-forgotten.ts']);
  });
});

describe('rules on dependencies', () => {
  test('a range, a tag and an address are no versions', () => {
    const text = JSON.stringify(
      { dependencies: { a: '1.2.3', b: '^1.2.3' }, devDependencies: { c: 'npm:@d/d@1.0.0', e: 'latest' } },
      null,
      2,
    );
    const findings = checkPins('package.json', text).map(({ what, line }) => `${line} ${what}`);
    expect(findings).toEqual(['4 b is asked for as "^1.2.3"', '8 e is asked for as "latest"']);
  });

  test('what is installed without a reason, and explained without being installed, is named', () => {
    const findings = checkExplanations(['a', 'b'], 'docs/d.md', '| `a` | why |\n| `z` | why |').map(formatFinding);
    expect(findings).toEqual([
      expect.stringContaining('docs/d.md:1: b is not explained'),
      expect.stringContaining('docs/d.md:2: z is explained but not installed'),
    ]);
  });

  test('a lock file with an address, or without a digest, is refused', () => {
    const packages = {
      '': {},
      'test/own': {},
      'node_modules/own': { resolved: 'test/own', link: true },
      'node_modules/a': { resolved: 'https://example.org/a.tgz', integrity: 'sha512-x' },
      'node_modules/b': {},
    };
    expect(checkLock('package-lock.json', JSON.stringify({ packages })).map(({ what }) => what)).toEqual([
      'node_modules/a names the host it came from',
      'node_modules/b has no digest',
    ]);
  });
});
