import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDataset } from '../../src/ml/data/datasets.ts';
import { readDataFiles } from '../../src/run/data-files.ts';
import { loadScenario, withRolesSeenFrom } from '../../src/run/load.ts';
import type { LoadRequest } from '../../src/run/load.ts';
import { createRegistry } from '../../src/run/registry.ts';
import { problemText } from '../../src/run/scenario/problems.ts';
import { baseText, resolved } from './scenario/reading.ts';
import { registry, roles, training } from './scenario/roles.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-load-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const withFiles = { ...training, section: { ...training.section!, files: () => ['images.gz'] } };
const source = (path: string): string => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)));
const rolesSource = source('./scenario/roles.ts');
const ownRole = `import { roles } from ${rolesSource};\nexport default { ...roles[0], name: 'auditor', about: 'Counts.' };\n`;

/** Loads a text as base.yaml of the temporary folder; the problems without the folder's path. */
async function load(text: string, request: Partial<LoadRequest> = {}) {
  const file = join(folder, 'base.yaml');
  writeFileSync(file, text);
  const loaded = await loadScenario({ file, overrides: [], builtinRoles: roles, ...request });
  const problems = loaded.kind === 'refused' ? loaded.problems.map((problem) => problemText(problem).replaceAll(`${folder}/`, '')) : [];
  return { loaded, problems };
}

describe('loading a scenario file', () => {
  it('resolves it and says where its keys stand', async () => {
    const { loaded } = await load(baseText);
    expect(loaded).toMatchObject({ kind: 'loaded', scenario: { name: 'base' }, notes: [] });
    expect(loaded.kind === 'loaded' && loaded.place(['training', 'rounds'])).toMatchObject({ at: { line: 4 }, path: 'training.rounds' });
  });

  it('notes that the seed of the file goes before the flag', async () => {
    const { loaded } = await load(`seed: 3\n${baseText}`, { seed: 7 });
    expect(loaded).toMatchObject({ scenario: { seed: 3 }, notes: [expect.stringContaining('--set seed=7')] });
  });

  it('adds roles from files, relative to the scenario', async () => {
    mkdirSync(join(folder, 'own'));
    writeFileSync(join(folder, 'own/auditor.ts'), ownRole);
    const text = baseText.replace('client: 2', 'client: 2, auditor: 2').concat('roles: { auditor: ./own/auditor.ts }\n');
    const { loaded, problems } = await load(text);
    expect(problems).toEqual([]);
    expect(loaded).toMatchObject({ scenario: { nodes: { auditor: [0, 1] }, roles: { auditor: './own/auditor.ts' } } });
    if (loaded.kind !== 'loaded') return;
    const moved = withRolesSeenFrom(loaded.scenario, join(folder, 'base.yaml'), join(folder, 'runs/base/1'));
    expect(moved.roles).toEqual({ auditor: '../../../own/auditor.ts' });
  });

  it.each([
    ['does not exist', undefined, 'base.yaml:12:10: roles.auditor: ./auditor.ts does not exist'],
    ['throws', 'throw new Error("no such luck\\nat all");', './auditor.ts cannot be imported: no such luck'],
    ['has no role', 'export default 3;', './auditor.ts has no role: its default export must come from defineRole'],
    ['has a hole among its protocols', ownRole.replace("about:", 'protocols: [null], about:'), 'whose "protocols" is no list of protocols'],
    ['has a protocol without messages', ownRole.replace('about:', "protocols: [{ name: 'x' }], about:"), 'whose "protocols"'],
    ['has a hole among its tasks', ownRole.replace("about:", 'tasks: [undefined], about:'), 'whose "tasks" is no list of tasks'],
    ['knows numbers', ownRole.replace("about:", 'knows: [1], about:'), 'whose "knows" is no list of role names'],
    ['knows the keys of numbers', ownRole.replace("about:", 'knowsKeysOf: [1], about:'), 'whose "knowsKeysOf" is no list of role names'],
    ['has a hole among its phrases', ownRole.replace("about:", 'phrases: [null], about:'), 'whose "phrases" has not the right form'],
    ['has records of numbers', ownRole.replace("about:", 'records: { said: 3 }, about:'), 'whose "records" has not the right form'],
    ['has an empty section', ownRole.replace("about:", 'section: {}, about:'), 'whose "section" has not the right form'],
    ['has a chart that is none', ownRole.replace("about:", 'machine: {}, about:'), 'has no role'],
    ['has another name', ownRole.replace("'auditor'", "'author'"), 'defines the role "author", not "auditor"'],
  ])('a role file that %s', async (_what, content, message) => {
    if (content !== undefined) writeFileSync(join(folder, 'auditor.ts'), content);
    const { problems } = await load(`${baseText}roles: { auditor: ./auditor.ts }\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
  });

  it('a role of a name that is taken', async () => {
    writeFileSync(join(folder, 'worker.ts'), ownRole.replace("'auditor'", "'worker'"));
    const { problems } = await load(`${baseText}roles: { worker: ./worker.ts }\n`);
    expect(problems).toEqual([
      'base.yaml:12:10: roles.worker: ./worker.ts defines the role "worker", which is built in: give yours another name',
    ]);
  });

  it('says what is wrong with the file itself', async () => {
    const problemOf = async (file: string): Promise<string> => {
      const loaded = await loadScenario({ file, overrides: [], builtinRoles: roles });
      return loaded.kind === 'refused' ? problemText(loaded.problems[0]!) : '';
    };
    expect(await problemOf(join(folder, 'absent.yaml'))).toMatch(/absent\.yaml: does not exist$/u);
    expect(await problemOf(folder)).toMatch(/is a folder, and a scenario file was expected$/u);
    writeFileSync(join(folder, 'bytes.yaml'), new Uint8Array([0xff, 0xfe, 0x00]));
    expect(await problemOf(join(folder, 'bytes.yaml'))).toMatch(/is no UTF-8 text$/u);
    writeFileSync(join(folder, 'large.yaml'), 'x'.repeat(1_048_577));
    expect(await problemOf(join(folder, 'large.yaml'))).toMatch(/is larger than 1048576 bytes$/u);
  });

  it('writes nothing', async () => {
    await load(baseText);
    await load('name: [');
    expect(readdirSync(folder)).toEqual(['base.yaml']);
  });
});

describe('data files', () => {
  const asking = createRegistry(
    roles.map((role) => ({
      ...role,
      protocols: role.protocols.map((protocol) => (protocol === training ? withFiles : protocol)),
    })),
  );
  const place = () => ({ at: { file: 'base.yaml', line: 4, column: 1 }, path: 'training' });

  it('are read by the names that sections give', async () => {
    writeFileSync(join(folder, 'images.gz'), new Uint8Array([1, 2, 3]));
    const read = await readDataFiles(resolved(baseText), asking, place, folder);
    expect(read.kind === 'read' && read.files.get('images.gz')).toEqual(Buffer.from([1, 2, 3]));
    expect(await readDataFiles(resolved(baseText), registry, place, undefined)).toEqual({ kind: 'read', files: new Map(), notes: [] });
  });

  it('that are not the published ones of their name are used, and noted', async () => {
    const name = 't10k-images-idx3-ubyte.gz';
    writeFileSync(join(folder, name), 'a split of my own');
    const published = { ...training, section: { ...training.section!, files: () => [name] } };
    const asksForIt = createRegistry(roles.slice(0, 4).map((role) => ({ ...role, protocols: [published] })));
    const read = await readDataFiles(resolved(baseText), asksForIt, place, folder);
    expect(read).toMatchObject({ notes: [expect.stringContaining(`${name} is not the published file`)] });
  });

  it('that are absent are problems of the section that asks', async () => {
    const problem = async (from: string | undefined): Promise<string> => {
      const read = await readDataFiles(resolved(baseText), asking, place, from);
      return read.kind === 'refused' ? problemText(read.problems[0]!) : '';
    };
    expect(await problem(folder)).toContain('base.yaml:4:1: training: needs the data file images.gz, which is not in the data folder');
    expect(await problem(undefined)).toContain('no data folder is set: ORRERY_DATA=FOLDER names it');
    expect(await problem([folder, join(folder, 'other')].join(delimiter))).toContain('in none of the data folders');
  });

  it('are read from the first folder that has them, and below it', async () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    for (const inner of [join(first, 'own'), join(second, 'own')]) mkdirSync(inner, { recursive: true });
    const asksFor = (name: string) => {
      const asks = { ...training, section: { ...training.section!, files: () => [name] } };
      return createRegistry(roles.slice(0, 4).map((role) => ({ ...role, protocols: [asks] })));
    };
    const read = (name: string) => readDataFiles(resolved(baseText), asksFor(name), place, [first, second].join(delimiter));
    writeFileSync(join(second, 'own/table.csv'), 'second');
    expect(await read('own/table.csv')).toMatchObject({ files: new Map([['own/table.csv', Buffer.from('second')]]) });
    writeFileSync(join(first, 'own/table.csv'), 'first');
    expect(await read('own/table.csv')).toMatchObject({ files: new Map([['own/table.csv', Buffer.from('first')]]) });
    for (const outside of ['../second/own/table.csv', join(second, 'own/table.csv'), 'own//table.csv']) {
      const refused = await read(outside);
      expect(refused.kind === 'refused' && refused.problems[0]!.message).toMatch(/which is no path under a data folder$/u);
    }
  });

  it('that somebody publishes are named with the way to get them', async () => {
    const wanted = findDataset('mnist-60k')!.files;
    const asks = { ...training, section: { ...training.section!, files: () => wanted } };
    const asking60k = createRegistry(roles.slice(0, 4).map((role) => ({ ...role, protocols: [asks] })));
    const read = await readDataFiles(resolved(baseText), asking60k, place, undefined);
    expect(read.kind === 'refused' && read.problems.map(({ message }) => message)).toEqual(
      wanted.map(() => expect.stringContaining('`orrery data fetch mnist-60k` brings it')),
    );
  });
});
