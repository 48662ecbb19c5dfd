/**
 * Rules on the words of code: what reads a clock, chance, place or host is banned where results must
 * be the same on every machine (DESIGN §3, Law 3), and xstate's own ways out of a fold in actors.
 */
import type { Finding } from './finding.ts';
import { isUnder } from './import-rules.ts';
import { threadsFile } from './rooms.ts';
import type { NamedFact, ParsedSource } from './syntax.ts';

/** Rooms under the whole of Law 3. */
const pureRooms = ['src/kernel', 'src/crypto', 'src/ml', 'src/protocols', 'src/actors', 'src/judge'];

/** Rooms that carry a run: the same words are banned, but a port may answer later. */
const carryingRooms = ['src/host', 'src/worlds/sim'];

/** The tripwires and their list must name what they guard; the threads file belongs to Node. */
const carryingExceptions = new Set(['src/host/tripwires.ts', 'src/host/ambient.ts', threadsFile]);

/** Starting the numeric backend takes a promise: the one aside of Law 3. */
const mayWait = 'src/ml/backend.ts';

const readTime = 'read `at` or `mono` of the input, or take a clock as a port';
const drawInstead = 'draw with choose, uniform or expand of src/kernel/draws.ts under a purpose';
const armInstead = "use the chart's `after`, which arms a timer of the host";
const portInstead = 'take what you need as a port';

/** Names that no value or type may have, with what to write instead. */
export const bannedNames: ReadonlyMap<string, string> = new Map([
  ['Date', readTime],
  ['performance', readTime],
  ['Temporal', readTime],
  ['crypto', 'use the digest and vault ports; for chance, src/kernel/draws.ts'],
  ['process', portInstead],
  ['globalThis', portInstead],
  ['require', 'import it, where its room allows that'],
  ['fetch', portInstead],
  ['navigator', portInstead],
  ['Intl', 'write numbers and order text by hand; src/kernel/ids.ts orders ids'],
  ['WeakRef', 'hold or drop it explicitly; the garbage collector has no fixed times'],
  ['FinalizationRegistry', 'hold or drop it explicitly; the garbage collector has no fixed times'],
  ['setTimeout', armInstead],
  ['setInterval', armInstead],
  ['setImmediate', armInstead],
  ['queueMicrotask', armInstead],
]);

/** Methods that depend on the machine's locale. */
const localeMethods = /\.(?:localeCompare|toLocale[A-Z]\w*)$/u;

const allowedMath = new Set('abs min max floor ceil trunc round sign sqrt fround imul clz32'.split(' '));

/** Functions of Math that src/kernel/arithmetic.ts has in a form that is equal everywhere. */
const arithmeticInstead = 'use src/kernel/arithmetic.ts (exp, log, pow, sin, cos), whose bits are equal everywhere';

/** All findings on the words of one file. */
export function checkWords(source: ParsedSource): Finding[] {
  const { path } = source;
  const isPure = pureRooms.some((room) => isUnder(path, room));
  const isCarrying = carryingRooms.some((room) => isUnder(path, room)) && !carryingExceptions.has(path);
  return [
    ...(isPure || isCarrying ? [...checkNames(source), ...checkMath(source)] : []),
    ...(isPure && path !== mayWait ? checkWaiting(source) : []),
    ...(isUnder(path, 'src/actors') && path !== 'src/actors/define.ts' ? checkCharts(source) : []),
  ];
}

function checkNames({ path, names, members }: ParsedSource): Finding[] {
  const findings: Finding[] = [];
  for (const { name, line } of names) {
    const instead = bannedNames.get(name);
    if (instead !== undefined) findings.push({ file: path, line, what: `${name} where results must repeat`, instead });
  }
  for (const { name, line } of members) {
    if (!localeMethods.test(name)) continue;
    const instead = 'compare with < and >, write with String; both are equal in every locale';
    findings.push({ file: path, line, what: `${name.slice(name.indexOf('.'))} depends on the locale`, instead });
  }
  return findings;
}

function checkMath({ path, names, members, constructs }: ParsedSource): Finding[] {
  const findings: Finding[] = [];
  for (const { name, line } of constructs) {
    if (name === '**') findings.push({ file: path, line, what: 'the operator **', instead: arithmeticInstead });
  }
  for (const { name, line } of members) {
    if (!name.startsWith('Math.') || allowedMath.has(name.slice('Math.'.length))) continue;
    const instead = name === 'Math.random' ? drawInstead : arithmeticInstead;
    findings.push({ file: path, line, what: `${name} differs between engines or runs`, instead });
  }
  for (const line of linesOfWholeMath(names, members)) {
    const instead = 'call the allowed function as Math.name, so that it can be checked';
    findings.push({ file: path, line, what: 'Math is passed on or taken apart', instead });
  }
  return findings;
}

/** Lines where Math stands without a member behind it, as in `const { random } = Math`. */
function linesOfWholeMath(names: readonly NamedFact[], members: readonly NamedFact[]): number[] {
  const lines = new Map<number, number>();
  for (const { name, line } of names) if (name === 'Math') lines.set(line, (lines.get(line) ?? 0) + 1);
  for (const { name, line } of members) if (name.startsWith('Math.')) lines.set(line, (lines.get(line) ?? 0) - 1);
  return [...lines].filter(([, count]) => count > 0).map(([line]) => line);
}

function checkWaiting({ path, names, members, constructs }: ParsedSource): Finding[] {
  const waits = [
    ...constructs.filter(({ name }) => name === 'async' || name === 'await'),
    ...names.filter(({ name }) => name === 'Promise'),
    ...members.filter(({ name }) => /\.(?:then|finally)$/u.test(name)),
  ];
  const instead = 'issue a command and handle the event that answers it; this room decides at once';
  return waits.map(({ name, line }) => ({ file: path, line, what: `${name} in a room without promises`, instead }));
}

/** Names of xstate that reach for things a fold does not have. */
const bannedInCharts = new Set(
  (
    'invoke spawn spawnChild stopChild sendTo sendParent forwardTo raise createActor interpret ' +
    'fromPromise fromCallback fromObservable fromEventObservable fromTransition'
  ).split(' '),
);

function checkCharts({ path, imports, members, keys, names }: ParsedSource): Finding[] {
  const ownRaise = imports.some((one) => one.specifier.endsWith('/define.ts') && one.names.includes('raise'));
  const fromXstate = imports.filter((one) => one.specifier === 'xstate');
  const uses = [
    ...fromXstate.flatMap((one) => one.names.map((name) => ({ name, line: one.line }))),
    ...members.map(({ name, line }) => ({ name: name.slice(name.indexOf('.') + 1), line })),
    ...keys.filter(({ name }) => name === 'invoke'),
    ...names.filter(({ name }) => name !== 'raise' || !ownRaise),
  ];
  const banned = uses.filter(({ name }) => bannedInCharts.has(name));
  const found = new Map(banned.map((use) => [`${use.name} ${use.line}`, use]));
  const instead = 'speak through act, raise and send of src/actors/define.ts; slow work is a `compute`';
  const what = (name: string) => `xstate's ${name} in a chart`;
  return [...found.values()].map(({ name, line }) => ({ file: path, line, what: what(name), instead }));
}
