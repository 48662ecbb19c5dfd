/**
 * What a process of a study runs: it starts the learning backend once and then makes the runs that it
 * is given, one after another, until its parent goes away.
 *
 * A terminal sends Ctrl-C to every process of its group; the parent decides what it means, so this
 * one does not hear it. Everything that a run needs comes in by messages; nothing is written here.
 */
import { pathToFileURL } from 'node:url';
import type { RoleDefinition } from '../../actors/define.ts';
import { builtinRoles } from '../../actors/registry.ts';
import { assert, present } from '../../kernel/assert.ts';
import { startBackendOnNode } from '../backend-node.ts';
import { dataFileNames, readDataFiles } from '../data-files.ts';
import { createRegistry } from '../registry.ts';
import type { Registry } from '../registry.ts';
import type { ResolvedScenario } from '../resolved.ts';
import { installNodeTripwires } from '../tripwires-node.ts';
import { RunMaker } from './make-run.ts';
import type { FromProcess, ProcessSetup, ToProcess } from './process-messages.ts';

interface Prepared {
  readonly setup: ProcessSetup;
  readonly registry: Registry;
}

const maker = new RunMaker();
const filesRead = new Map<string, ReadonlyMap<string, Uint8Array>>();
let prepared: Promise<Prepared> | undefined;

async function prepareProcess(setup: ProcessSetup): Promise<Prepared> {
  installNodeTripwires();
  const modules = await Promise.all(
    setup.roleFiles.map((file) => import(pathToFileURL(file).href) as Promise<{ default: RoleDefinition }>),
  );
  await startBackendOnNode();
  return { setup, registry: createRegistry([...builtinRoles, ...modules.map((module) => module.default)]) };
}

/** The data files of a scenario; the study has read them before, so they are there. */
async function filesOf(scenario: ResolvedScenario, { setup, registry }: Prepared): Promise<ReadonlyMap<string, Uint8Array>> {
  const wanted = dataFileNames(scenario, registry).join('\n');
  const known = filesRead.get(wanted);
  if (known !== undefined) return known;
  const place = () => ({ at: { file: '' }, path: '' });
  const data = await readDataFiles(scenario, registry, place, setup.dataFolder ?? undefined);
  assert(data.kind === 'read', () => `a data file of the study is gone: ${wanted}`);
  filesRead.set(wanted, data.files);
  return data.files;
}

async function makeRun(number: number, scenario: ResolvedScenario): Promise<FromProcess> {
  const ready = await present(prepared, 'the setup, which comes before the first run');
  const files = await filesOf(scenario, ready);
  const { registry, setup: { measures } } = ready;
  return { kind: 'ended', number, figures: await maker.make(scenario, { registry, files, measures }) };
}

process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToProcess) => {
  answer(message).then(
    (words) => process.send!(words),
    (error: unknown) => {
      // A bug, or a machine that cannot train: the words reach the study through standard error.
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`, () => process.exit(1));
    },
  );
});

async function answer(message: ToProcess): Promise<FromProcess> {
  if (message.kind === 'run') return makeRun(message.number, message.scenario);
  prepared = prepareProcess(message);
  await prepared;
  return { kind: 'ready' };
}
