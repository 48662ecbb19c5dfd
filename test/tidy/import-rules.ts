/**
 * Rules on single imports: directions between rooms, one library for one room, no Node in pure
 * rooms, whole relative paths, no barrels. The tables that they read are in rooms.ts.
 */
import type { Finding } from './finding.ts';
import { isNodeModule, resolveImport } from './import-graph.ts';
import { libraryRules, roomOf, rooms, threadsFile, withoutNode } from './rooms.ts';
import type { ImportFact, ParsedSource } from './syntax.ts';

/** Whether a path is this file or lies in this folder. */
export function isUnder(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

/** All findings on the imports of one file; `dependencies` are the packages that users install too. */
export function checkImports(source: ParsedSource, dependencies: ReadonlySet<string>): Finding[] {
  const findings: Finding[] = [];
  for (const one of source.imports) {
    const target = resolveImport(source.path, one.specifier);
    if (target !== undefined) findings.push(...checkDirection(source, one, target));
    else if (isNodeModule(one.specifier)) findings.push(...checkNode(source, one));
    else findings.push(...checkLibrary(source, one, dependencies));
  }
  return findings;
}

function checkDirection({ path }: ParsedSource, { specifier, line }: ImportFact, target: string): Finding[] {
  const from = roomOf(path);
  const to = roomOf(target);
  const findings: Finding[] = [];
  if (from !== undefined && from !== to && !rooms.get(from)!.includes(to ?? '')) {
    const allowed = rooms.get(from)!;
    findings.push({
      file: path,
      line,
      what: `${from} imports ${specifier} from ${to ?? 'outside of every room'}`,
      instead: `import only from ${[from, ...allowed].join(', ')}, or pass it in as a port`,
    });
  }
  if (path.startsWith('src/') && !specifier.endsWith('.ts')) {
    findings.push({ file: path, line, what: `${specifier} has no ending`, instead: 'write the file name with .ts' });
  }
  return findings;
}

function checkNode({ path }: ParsedSource, { specifier, line }: ImportFact): Finding[] {
  const findings: Finding[] = [];
  if (path !== threadsFile && withoutNode.some((place) => isUnder(path, place))) {
    findings.push({
      file: path,
      line,
      what: `${specifier} in a room without Node`,
      instead: 'declare a port here and let src/run or src/cli pass it in',
    });
  }
  if (!specifier.startsWith('node:')) {
    findings.push({ file: path, line, what: `${specifier} is a module of Node`, instead: `write node:${specifier}` });
  }
  return findings;
}

/** Name of the package that a specifier belongs to: `effect/Schema` is of `effect`. */
export function packageOf(specifier: string): string {
  return specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

function checkLibrary(
  { path }: ParsedSource,
  { specifier, line }: ImportFact,
  dependencies: ReadonlySet<string>,
): Finding[] {
  if (!path.startsWith('src/')) return [];
  if (!dependencies.has(packageOf(specifier))) {
    const instead = 'list it under dependencies in package.json, or do without it';
    return [{ file: path, line, what: `${specifier} is not installed with Orrery`, instead }];
  }
  const rule = libraryRules.find(({ pattern }) => pattern.test(specifier));
  if (rule === undefined) {
    const instead = 'give the library its one room in test/tidy/rooms.ts';
    return [{ file: path, line, what: `${specifier} has no room`, instead }];
  }
  const isAllowed = rule.allowedIn.some((place) => path.startsWith(place));
  if (isAllowed) return [];
  return [{ file: path, line, what: `${specifier} outside of ${rule.allowedIn.join(', ')}`, instead: rule.instead }];
}
