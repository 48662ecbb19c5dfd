/**
 * The import graph of src: who is reached from where. Rules use it to find dead files, and whatever
 * would carry Node into a browser bundle.
 */
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path/posix';
import type { Finding } from './finding.ts';
import type { ParsedSource } from './syntax.ts';

export type Sources = ReadonlyMap<string, ParsedSource>;

/** Path of a relative import, from the root of the repository; undefined for a package. */
export function resolveImport(importer: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? join(dirname(importer), specifier) : undefined;
}

/** Whether a specifier names a module that is part of Node, with or without its prefix. */
export function isNodeModule(specifier: string): boolean {
  return specifier.startsWith('node:') || isBuiltin(specifier);
}

/** Files in `prefix` that nothing reaches from the roots; a path in a string counts as an import. */
export function findDeadFiles(sources: Sources, roots: readonly string[], prefix: string): Finding[] {
  const reached = new Set<string>();
  const waiting = roots.filter((root) => sources.has(root));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    const source = sources.get(path);
    if (source !== undefined) waiting.push(...pathsFrom(source, sources));
  }
  const findings: Finding[] = [];
  for (const path of sources.keys()) {
    if (!path.startsWith(prefix) || reached.has(path)) continue;
    findings.push({
      file: path,
      line: 1,
      what: `nothing reaches this file from ${roots.join(', ')}`,
      instead: 'import or register it where it is used, or delete it',
    });
  }
  return findings;
}

function pathsFrom(source: ParsedSource, sources: Sources): string[] {
  const named = [...source.imports.map((one) => one.specifier), ...source.paths.map((path) => path.name)];
  const found: string[] = [];
  for (const specifier of named) {
    const target = resolveImport(source.path, specifier);
    if (target === undefined) continue;
    // A worker's file may be named without its ending, which is .js once it is built.
    const file = [target, `${target}.ts`, `${target.replace(/\.js$/u, '')}.ts`].find((path) => sources.has(path));
    if (file !== undefined) found.push(file);
  }
  return found;
}

/**
 * Everything that the entry needs when it runs (types are erased), with each import of a Node module
 * named together with the chain of imports that leads to it.
 */
export function findNodeBehind(sources: Sources, entry: string): Finding[] {
  const findings: Finding[] = [];
  const chains = new Map<string, readonly string[]>([[entry, [entry]]]);
  for (const [path, chain] of chains) {
    const source = sources.get(path);
    for (const one of source?.imports ?? []) {
      if (one.isTypeOnly) continue;
      if (isNodeModule(one.specifier)) {
        findings.push({
          file: path,
          line: one.line,
          what: `${one.specifier} gets into the browser bundle through ${chain.join(' → ')}`,
          instead: 'pass it in as a port from src/cli or from a file that only Node loads',
        });
      }
      const target = resolveImport(path, one.specifier);
      // A Map is walked in the order of insertion, additions included: breadth first.
      if (target !== undefined && !chains.has(target)) chains.set(target, [...chain, target]);
    }
  }
  return findings;
}
