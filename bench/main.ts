/**
 * `npm run bench`: figures of speed and size, none of which is a test.
 *
 * Workloads are held against a bare loop in the same run; figures of whole commands are wall time,
 * processor time and memory. Everything is a median over repetitions with its spread beside it.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { committeeName, measureCommittee } from './committee/measure.ts';
import type { CommitteeFigures } from './committee/measure.ts';
import { figures } from './figures.ts';
import type { Figure } from './figure.ts';
import { spreadText } from './spread.ts';
import { measure, workloads } from './workloads.ts';
import type { WorkloadFigures } from './workloads.ts';

/** The flags; undefined, after one line of words, when they are not understood. */
function readFlags() {
  try {
    return parseArgs({
      options: {
        json: { type: 'string' },
        only: { type: 'string', multiple: true, default: [] },
        repeat: { type: 'string', default: '5' },
        long: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

const names = [...[...workloads, ...figures].map(({ name }) => name), committeeName];

/** What stands in the JSON as `machine`. */
const machine = {
  processor: cpus()[0]?.model ?? 'unknown',
  processors: availableParallelism(),
  memoryBytes: totalmem(),
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
};

const whole = (value: number): string => String(Math.round(value)).replaceAll(/\B(?=(?:\d{3})+$)/gu, ',');

function describe({ name, events, pending, eventsPerSecond, bareShare, bytesPerEvent, spread }: WorkloadFigures): string {
  return [
    name,
    `  ${whole(eventsPerSecond)} events/s (${spreadText(spread, whole)}), ${whole(1e9 / eventsPerSecond)} ns an event`,
    `  ${(bareShare * 100).toFixed(2)} % of the bare loop, ${whole(bytesPerEvent)} bytes allocated an event`,
    `  ${whole(events)} events a run, at most ${whole(pending)} pending`,
  ].join('\n');
}

const describeFigure = ({ name, what, unit, digits, spread }: Figure): string =>
  `${name} ${what}: ${spreadText(spread, (value) => value.toFixed(digits))} ${unit}`;

/** Figures a line each, and for each model a table of what a round sends, heaviest first. */
function describeCommittee({ figures: lines, traffic }: CommitteeFigures): string {
  const tables = traffic.flatMap(({ model, kinds }) => [
    `  a round of ${model}, bytes by kind and × its updates`,
    ...kinds.map(({ kind, bytesPerRound, share }) => `    ${kind.padEnd(16)} ${whole(bytesPerRound).padStart(12)}  ${share.toFixed(4)}`),
  ]);
  return [...lines.map(describeFigure), ...tables].join('\n');
}

async function main(): Promise<void> {
  const flags = readFlags();
  if (flags === undefined) {
    process.exitCode = 2;
    return;
  }
  const repeat = Number(flags.repeat);
  const unknown = flags.only.filter((name) => !names.includes(name));
  if (!Number.isSafeInteger(repeat) || repeat < 1 || unknown.length > 0) {
    process.stderr.write(`bench: expected --repeat of at least 1 and --only of ${names.join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  const isWanted = ({ name }: { readonly name: string }): boolean => flags.only.length === 0 || flags.only.includes(name);
  process.stdout.write(`${machine.processors} × ${machine.processor}, Node ${machine.node}, ${repeat} repetitions, min–median–max\n`);
  const measured: { workloads: WorkloadFigures[]; figures: Figure[]; committee?: CommitteeFigures } = { workloads: [], figures: [] };
  for (const workload of workloads.filter(isWanted)) {
    const result = await measure(workload, repeat, flags.long);
    process.stdout.write(`${describe(result)}\n`);
    measured.workloads.push(result);
  }
  for (const { take } of figures.filter(isWanted)) {
    for (const figure of await take(repeat)) {
      process.stdout.write(`${describeFigure(figure)}\n`);
      measured.figures.push(figure);
    }
  }
  if (isWanted({ name: committeeName })) {
    measured.committee = await measureCommittee();
    process.stdout.write(`${describeCommittee(measured.committee)}\n`);
  }
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify({ machine, ...measured }, undefined, 2)}\n`);
}

await main();
