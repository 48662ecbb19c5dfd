/**
 * The rooms of the house and who may import whom (DESIGN §2, Laws 1 and 2), as data.
 *
 * A path belongs to the room with the longest matching prefix. Rules that read these tables stand in
 * import-rules.ts. A new room or library is a new row here, with its reason.
 */

const pure = ['src/kernel', 'src/crypto', 'src/ml', 'src/protocols', 'src/actors'];
const upToWorlds = [...pure, 'src/host', 'src/worlds', 'src/worlds/sim', 'src/worlds/live'];
const upToRun = [...upToWorlds, 'src/judge', 'src/run'];
const everySource = [...upToRun, 'src/report', 'src/server', 'src/page', 'src/testing', 'src/cli'];

/** Each room with the rooms that it may import; a room may always import itself. */
export const rooms: ReadonlyMap<string, readonly string[]> = new Map([
  ['src/kernel', []],
  ['src/crypto', ['src/kernel']],
  ['src/ml', ['src/kernel']],
  ['src/protocols', ['src/kernel', 'src/crypto', 'src/ml']],
  ['src/actors', ['src/kernel', 'src/crypto', 'src/ml', 'src/protocols']],
  ['src/host', pure],
  ['src/worlds', [...pure, 'src/host']],
  ['src/worlds/sim', [...pure, 'src/host', 'src/worlds']],
  ['src/worlds/live', [...pure, 'src/host', 'src/worlds']],
  ['src/judge', ['src/kernel']],
  ['src/run', [...upToWorlds, 'src/judge']],
  ['src/report', upToRun],
  ['src/server', upToRun],
  ['src/page', ['src/kernel', 'src/judge', 'src/report']],
  ['src/testing', upToRun],
  ['src/cli', [...upToRun, 'src/report', 'src/server']],
  ['bin', ['src/cli']],
  ['examples', everySource],
  ['bench', [...everySource, 'test/support']],
  ['test', [...everySource, 'test/support', 'bench', 'examples', 'bin']],
  ['test/support', [...everySource, 'test']],
]);

/** The room of a path, or undefined for a file at the root. */
export function roomOf(path: string): string | undefined {
  let found: string | undefined;
  for (const room of rooms.keys()) {
    if (path.startsWith(`${room}/`) && room.length > (found?.length ?? 0)) found = room;
  }
  return found;
}

/** Threads are one file of the simulator; others are handed its functions through a port. */
export const threadsFile = 'src/worlds/sim/threads.ts';

/** Where a browser bundle begins: all that this file reaches must do without Node. */
export const browserEntry = 'src/run/execute.ts';

/** Paths that import no node:*, because they decide, judge, or run in a browser. */
export const withoutNode: readonly string[] = [
  ...pure,
  'src/host',
  'src/worlds/sim',
  'src/judge',
  'src/page',
  browserEntry,
];

export interface LibraryRule {
  readonly pattern: RegExp;
  /** Prefixes of the paths in src that may import it. */
  readonly allowedIn: readonly string[];
  readonly instead: string;
}

const whereDataComesIn = [
  'src/ml',
  'src/protocols',
  'src/actors',
  'src/host',
  'src/worlds',
  'src/run',
  'src/report',
  'src/server',
  'src/testing',
  'src/cli',
];

/** One library, one room (Law 2). The first matching row decides; tests and benches are free. */
export const libraryRules: readonly LibraryRule[] = [
  {
    pattern: /^xstate(?:$|\/)/u,
    allowedIn: ['src/actors/', 'src/host/step.ts'],
    instead: 'write the chart in src/actors, or go through src/host/step.ts, the only caller of xstate',
  },
  {
    pattern: /^cbor-x(?:$|\/)/u,
    allowedIn: ['src/kernel/codec.ts'],
    instead: 'encode and decode through src/kernel/codec.ts, which orders the keys',
  },
  {
    pattern: /^@noble\//u,
    allowedIn: ['src/crypto/'],
    instead: 'take the digest or signer as a port; src/crypto alone knows @noble',
  },
  { pattern: /^seedrandom$/u, allowedIn: ['src/ml/'], instead: 'draw through src/kernel/draws.ts' },
  {
    pattern: /^papaparse$/u,
    allowedIn: ['src/ml/', 'src/report/table.ts'],
    instead: 'read data sets through src/ml/data/csv-file.ts, and write tables through src/report/table.ts',
  },
  { pattern: /^@tensorflow\//u, allowedIn: ['src/ml/'], instead: 'ask for a task of src/ml by `compute`' },
  {
    // Its Schema, and the small data types in which Schema gives its answers.
    pattern: /^effect\/(?:Schema\w*|JsonSchema|Option|Result|Exit)$/u,
    allowedIn: whereDataComesIn.map((room) => `${room}/`),
    instead: 'check bytes and files where they come in; this room is given typed values',
  },
  {
    pattern: /^(?:effect|@effect)(?:$|\/)/u,
    allowedIn: ['src/worlds/live/', 'src/cli/'],
    instead: "keep Effect's runtime at the rim (src/worlds/live, src/cli); import `effect/Schema` by its own path",
  },
  { pattern: /^commander$/u, allowedIn: ['src/cli/'], instead: 'parse arguments in src/cli' },
  { pattern: /^yaml$/u, allowedIn: ['src/run/'], instead: 'read scenario files through src/run/scenario' },
  {
    pattern: /^(?:libp2p$|@libp2p\/|@chainsafe\/|@multiformats\/)/u,
    allowedIn: ['src/worlds/live/'],
    instead: 'go through the ports that src/worlds/live fills',
  },
  { pattern: /^vega(?:-lite)?$/u, allowedIn: ['src/report/'], instead: 'draw in src/report' },
  {
    pattern: /^(?:preact|preact-render-to-string|htm)(?:$|\/)/u,
    allowedIn: ['src/report/'],
    instead: 'write pages in src/report, where preact escapes them',
  },
  {
    pattern: /^(?:fast-check|@fast-check\/vitest)$/u,
    allowedIn: ['src/testing/'],
    instead: 'keep it in test or src/testing',
  },
];
