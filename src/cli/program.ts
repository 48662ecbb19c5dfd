/**
 * The verbs and flags of `orrery`, declared; what they do is in verbs/, imported when asked for.
 *
 * This file and what it imports is all that `--help` loads.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { addData } from './data-command.ts';
import { addReport } from './report-command.ts';
import { addStudy } from './study-command.ts';
import type { DoctorFlags, ReplayFlags, RunFlags, Surroundings } from './surroundings.ts';

function parseSeed(text: string): number {
  const seed = Number(text);
  const right = /^\d+$/u.test(text) && Number.isSafeInteger(seed);
  if (!right) throw new InvalidArgumentError('a seed is an integer from 0 to 2^53 − 1.');
  return seed;
}

function parseThreads(text: string): number {
  const threads = Number(text);
  const right = /^\d+$/u.test(text) && threads >= 1 && threads <= threadsMax;
  if (!right) throw new InvalidArgumentError(`threads are a whole number from 1 to ${threadsMax}.`);
  return threads;
}

/** More compute threads than any machine that this was meant for has processors. */
const threadsMax = 256;

const collect = (value: string, values: readonly string[]): readonly string[] => [...values, value];

const seedOption = (): Option =>
  new Option('--seed <n>', 'seed of the run, where the scenario names none (default: 1)').argParser(parseSeed);
const setOption = (): Option =>
  new Option('--set <path=value>', 'replace one value of the scenario; may be repeated')
    .argParser(collect)
    .default([], 'none');
const jsonOption = (): Option => new Option('--json', 'print the verdict as one line of JSON');
const quietOption = (): Option => new Option('--quiet', 'no progress on standard error');

/** The program; `end` is given the exit code of the verb that ran. */
export function createProgram(surroundings: Surroundings, end: (exitCode: number) => void): Command {
  const program = new Command('orrery')
    .description('A clockwork testbed for decentralized machine-learning networks.')
    .helpCommand(false)
    .helpOption('--help', 'say what can be asked');
  addRun(program, surroundings, end);
  addReplay(program, surroundings, end);
  addReport(program, surroundings, end);
  addStudy(program, surroundings, end);
  addData(program, surroundings, end);
  addDoctor(program, surroundings, end);
  return program;
}

function addRun(program: Command, surroundings: Surroundings, end: (exitCode: number) => void): void {
  program
    .command('run')
    .description('run a scenario and judge it')
    .argument('<scenario>', 'a scenario file (.yaml)')
    .addOption(seedOption())
    .addOption(new Option('--world <world>', 'where the nodes run').choices(['sim', 'memory', 'tcp']))
    .addOption(setOption())
    .option('--out <dir>', 'folder of the run (default: runs/<scenario>/<seed>)')
    .option('--twice', 'run a second time in a fresh process and compare')
    .option('--no-report', 'write no report.html into the folder')
    .option('--pure', 'step each input twice and compare, to find state outside of snapshots')
    .addOption(new Option('--threads <n>', 'compute threads (default: one a processor)').argParser(parseThreads))
    .addOption(jsonOption())
    .addOption(quietOption())
    .action(async (scenario: string, flags: RunFlags) => {
      const { runScenario } = await import('./verbs/run.ts');
      end(await runScenario(scenario, flags, surroundings));
    });
}

function addReplay(program: Command, surroundings: Surroundings, end: (exitCode: number) => void): void {
  program
    .command('replay')
    .description('run a recorded run again and name the first difference')
    .argument('[run]', 'a run folder, a scenario file, or "latest"', 'latest')
    .addOption(seedOption())
    .addOption(setOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .action(async (run: string, flags: ReplayFlags) => {
      const { replay } = await import('./verbs/replay.ts');
      end(await replay(run, flags, surroundings));
    });
}

function addDoctor(program: Command, surroundings: Surroundings, end: (exitCode: number) => void): void {
  program
    .command('doctor')
    .description('check this machine, and list what scenarios may say')
    .option('--properties', 'list phrases, measures and observation kinds')
    .option('--schema [file]', 'print the JSON Schema of scenario files, or write it to a file')
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import('./verbs/doctor.ts');
      end(await doctor(flags, surroundings));
    });
}
