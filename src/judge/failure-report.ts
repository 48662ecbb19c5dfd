/**
 * A failure on one screen: at most 40 lines of at most 100 columns.
 *
 * It says in this order what the verdict is, which promise was broken by which facts, which faults
 * were active, what led to the event, and how to see it again. It is a pure function of data and
 * names only commands that its caller gives, because only those exist.
 */
import type { Fact } from '../kernel/properties.ts';
import { toSecondsText } from '../kernel/time.ts';
import type { Micros } from '../kernel/time.ts';
import type { Cause } from './causes.ts';
import { counted, printable } from './plain-words.ts';
import type { Finding, VerdictClass } from './verdict.ts';

/** A fault that was active when it happened, or had been. */
export interface ActiveFault {
  readonly id: string;
  /** What it does, in words. */
  readonly words: string;
  readonly hits: number;
}

export interface FailureReportInput {
  readonly verdict: VerdictClass;
  readonly scenario: string;
  readonly seed: number;
  readonly world: string;
  /** Weightiest first; the first one is told in full. */
  readonly findings: readonly Finding[];
  readonly faults: readonly ActiveFault[];
  /** Of the first finding's event, nearest first. */
  readonly ancestors: readonly Cause[];
  /** Hash of the trace, in hexadecimal; `-` where there is none. */
  readonly trace: string;
  readonly id: string;
  readonly events: number;
  readonly virtualUs: Micros;
  /** What to paste, each with what it is for: `['replay', 'npx orrery replay …']`. */
  readonly commands: readonly (readonly [purpose: string, command: string])[];
}

export const reportColumnsMax = 100;
export const reportLinesMax = 40;

const factsMax = 6;
const faultsMax = 5;
const ancestorsMax = 7;
const othersMax = 3;

/** The report as text, without a last line break. */
export function failureReport(input: FailureReportInput): string {
  const { verdict, scenario, seed, world, findings } = input;
  const [first, ...others] = findings;
  const lines = [
    ...wrapped(`${verdict.toUpperCase()}  ${scenario}, seed ${seed}, in the world "${world}"`, '  ', 2),
    ...(first === undefined ? [] : findingLines(first)),
    ...listed('also found', others, othersMax, (other) => `${other.class}: ${other.property || other.message}`),
    ...listed('faults', input.faults, faultsMax, ({ id, words, hits }) => `${id} (${counted(hits, 'hit')}): ${words}`),
    ...listed('led there by', input.ancestors, ancestorsMax, ancestorText),
    `trace ${input.trace}`,
    `id ${input.id}, ${input.events} events in ${toSecondsText(input.virtualUs)} s of virtual time`,
  ];
  // What to paste matters most, so the middle gives way to it and never the other way round.
  const commands = input.commands.flatMap(([purpose, command]) => [`to ${purpose}:`, ...commandLines(command)]);
  const room = Math.max(2, reportLinesMax - commands.length);
  const kept = lines.length <= room ? lines : [...lines.slice(0, room - 3), '  …', ...lines.slice(-2)];
  return [...kept, ...commands].slice(0, reportLinesMax).join('\n');
}

function findingLines(finding: Finding): string[] {
  const { property, message, at, node, event } = finding;
  const who = node === '' ? '' : ` ${node},`;
  return [
    ...(property === '' ? [] : wrapped(`property: ${property}`, '  ', 2)),
    ...wrapped(`${message} (${who.trimStart()} event ${event}, at ${toSecondsText(at)} s)`.replace('( ', '('), '  ', 3),
    ...listed('facts', finding.facts, factsMax, factText),
  ];
}

function factText({ node, sequence, at, words }: Fact): string {
  return `${toSecondsText(at)} s  event ${sequence}  ${node === '' ? 'the world' : node}: ${words}`;
}

function ancestorText({ sequence, at, node, event }: Cause): string {
  return `${toSecondsText(at)} s  event ${sequence}  ${node} was given ${event}`;
}

/** A heading and its items, one line each; what is left out is counted. */
function listed<Item>(title: string, items: readonly Item[], max: number, text: (item: Item) => string): string[] {
  if (items.length === 0) return [];
  const shown = items.slice(0, max).map((item) => shortened(`  ${text(item)}`));
  const left = items.length - shown.length;
  return [`${title}:`, ...shown, ...(left === 0 ? [] : [`  … and ${left} more`])];
}

function shortened(line: string): string {
  const flat = printable(line);
  return flat.length <= reportColumnsMax ? flat : `${flat.slice(0, reportColumnsMax - 1)}…`;
}

/** Breaks a text between words into at most `linesMax` lines; later ones are indented. */
function wrapped(text: string, indent: string, linesMax: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && longer.length > reportColumnsMax) {
      lines.push(line);
      line = `${indent}${word}`;
    } else {
      line = longer;
    }
  }
  lines.push(line);
  const cut = lines.slice(0, linesMax);
  if (lines.length > linesMax) cut[linesMax - 1] = `${cut[linesMax - 1]!} …`;
  return cut.map(shortened);
}

/** A word of a shell command; spaces inside quotation marks belong to it. */
const shellWord = /(?:[^\s'"]|'[^']*'|"[^"]*")+/gu;

/** A command broken with backslashes between its words, so that it can be pasted as it stands. */
function commandLines(command: string): string[] {
  const lines: string[] = [];
  let line = ' ';
  for (const [word] of command.matchAll(shellWord)) {
    if (line.trim() !== '' && line.length + word.length + 3 > reportColumnsMax) {
      lines.push(`${line} \\`);
      line = '   ';
    }
    line = `${line} ${word}`;
  }
  return [...lines, line];
}
