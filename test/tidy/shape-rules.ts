/**
 * Rules on the shape of files: size, names, what is left lying about, and paths or hosts of one
 * machine. They hold for every text file; rules on code are skipped where there is none.
 */
import type { Finding } from './finding.ts';
import type { ParsedSource } from './syntax.ts';
import type { SourceFile } from './sources.ts';
import { isCode } from './sources.ts';

export const linesPerFileMax = 300;
export const linesPerFunctionMax = 70;
export const columnsMax = 140;

/** Findings that need no syntax tree. */
export function checkText(source: SourceFile): Finding[] {
  return [...checkFileName(source), ...checkSizes(source), ...checkLeftovers(source)];
}

/** Findings on functions, default exports and comments that silence a tool. */
export function checkCode({ path, functions, constructs, comments, errors, imports }: ParsedSource): Finding[] {
  const parsable = 'write what can be parsed';
  const findings: Finding[] = errors.map((what) => ({ file: path, line: 1, what, instead: parsable }));
  for (const { name, line, lineCount } of functions) {
    if (lineCount <= linesPerFunctionMax) continue;
    const what = `${name} has ${lineCount} lines`;
    findings.push({ file: path, line, what, instead: `split it into parts of at most ${linesPerFunctionMax} lines` });
  }
  for (const { name, line } of comments) {
    if (!/(?:oxlint|eslint)-disable|@ts-(?:ignore|expect-error|nocheck)/u.test(name)) continue;
    const instead = 'mend what it found, or change the rule for all';
    findings.push({ file: path, line, what: 'a rule is silenced', instead });
  }
  return path.startsWith('src/') ? [...findings, ...checkExports({ path, constructs, imports })] : findings;
}

/** One name, one file: no default exports, and no files that only pass on what others export. */
function checkExports({ path, constructs, imports }: Pick<ParsedSource, 'path' | 'constructs' | 'imports'>): Finding[] {
  const findings: Finding[] = [];
  const instead = 'import each name from its own file';
  for (const { name, line } of constructs) {
    if (name === 'export default') findings.push({ file: path, line, what: name, instead: 'export it by its name' });
    if (name === 'export *') findings.push({ file: path, line, what: 'a barrel', instead });
  }
  for (const { specifier, line } of imports) {
    if (specifier.endsWith('/index.ts')) findings.push({ file: path, line, what: 'an index file', instead });
  }
  return findings;
}

const emptyNames = /(?:^|[-.])(?:utils?|common|helpers?|misc|stuff)(?:[-.]|$)/u;
const kebabCase = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+$/u;

function checkFileName({ path }: SourceFile): Finding[] {
  if (!/^(?:src|test|bench|examples|bin|scenarios)\//u.test(path)) return [];
  const findings: Finding[] = [];
  for (const part of path.split('/')) {
    if (!emptyNames.test(part)) continue;
    findings.push({ file: path, line: 1, what: `"${part}" says nothing`, instead: 'name it after what it does' });
  }
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (!kebabCase.test(name)) {
    const instead = 'write lower-case words with dashes';
    findings.push({ file: path, line: 1, what: `"${name}" is not in kebab-case`, instead });
  }
  return findings;
}

function checkSizes({ path, text }: SourceFile): Finding[] {
  if (!isCode(path)) return [];
  const lines = text.split('\n');
  const findings: Finding[] = [];
  // A file ends with a line break, which is no line of its own.
  const lineCount = lines.length - (lines.at(-1) === '' ? 1 : 0);
  if (lineCount > linesPerFileMax) {
    const instead = `split it by responsibility into files of at most ${linesPerFileMax} lines`;
    findings.push({ file: path, line: lineCount, what: `the file has ${lineCount} lines`, instead });
  }
  for (const [index, line] of lines.entries()) {
    if (line.length <= columnsMax) continue;
    const what = `the line has ${line.length} columns`;
    findings.push({ file: path, line: index + 1, what, instead: `break it at ${columnsMax} at the latest` });
  }
  return findings;
}

/** Written with a letter in brackets each, so that this file does not hold the words that it looks for. */
const markers = /\b(?:TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b/u;
const machinePath = /(?<![\w.:/-])\/(?:home|root|Users|work|tmp|mnt|opt)\/|\b[A-Z]:\\Users/u;
const registryHost = /\bregistry\.(?:npmjs|yarnpkg|npmmirror)\b|\bnpm\.pkg\.github\b/u;

function checkLeftovers({ path, text }: SourceFile): Finding[] {
  const findings: Finding[] = [];
  for (const [index, content] of text.split('\n').entries()) {
    const line = index + 1;
    const marker = markers.exec(content)?.[0];
    if (marker !== undefined) {
      findings.push({ file: path, line, what: `the marker ${marker}`, instead: 'do it now, or open an issue' });
    }
    const place = machinePath.exec(content)?.[0];
    if (place !== undefined) {
      const instead = 'take the path from an argument, the environment or os.tmpdir()';
      findings.push({ file: path, line, what: `a path of one machine (${place})`, instead });
    }
    if (registryHost.test(content)) {
      findings.push({ file: path, line, what: 'the host of a registry', instead: 'leave it to the settings of npm' });
    }
  }
  return findings;
}
