/**
 * Rules on what Orrery depends on: exact versions, a reason written down for each dependency, and a
 * lock file that names digests but no registry.
 */
import type { Finding } from './finding.ts';

export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const exactVersion = /^(?:npm:(?:@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/u;

/** Every dependency of a manifest by name, whatever kind it is. */
export function dependenciesOf(manifest: Manifest): Map<string, string> {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  return new Map(Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }));
}

export function checkPins(file: string, text: string): Finding[] {
  const findings: Finding[] = [];
  for (const [name, version] of dependenciesOf(JSON.parse(text) as Manifest)) {
    if (exactVersion.test(version)) continue;
    const line = lineWith(text, `"${name}"`);
    findings.push({ file, line, what: `${name} is asked for as "${version}"`, instead: 'pin one exact version' });
  }
  return findings;
}

/** Names in the first column of the tables of docs/dependencies.md, with their lines. */
export function explainedNames(text: string): Map<string, number> {
  const names = new Map<string, number>();
  for (const [index, line] of text.split('\n').entries()) {
    const name = /^\| `([^`]+)`/u.exec(line)?.[1];
    if (name !== undefined) names.set(name, index + 1);
  }
  return names;
}

export function checkExplanations(names: Iterable<string>, file: string, text: string): Finding[] {
  const explained = explainedNames(text);
  const findings: Finding[] = [];
  for (const name of names) {
    if (explained.delete(name)) continue;
    const instead = 'add its row: what for, what else was looked at, licence';
    findings.push({ file, line: 1, what: `${name} is not explained`, instead });
  }
  for (const [name, line] of explained) {
    findings.push({ file, line, what: `${name} is explained but not installed`, instead: 'remove its row' });
  }
  return findings;
}

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export function checkLock(file: string, text: string): Finding[] {
  const findings: Finding[] = [];
  for (const [path, entry] of Object.entries((JSON.parse(text) as LockFile).packages)) {
    const line = lineWith(text, `"${path}"`);
    if (entry.resolved !== undefined && /^[a-z+]+:/u.test(entry.resolved)) {
      const instead = 'npm install with omit-lockfile-registry-resolved=true, as in .npmrc';
      findings.push({ file, line, what: `${path} names the host it came from`, instead });
    }
    if (path.includes('node_modules/') && entry.link !== true && entry.integrity === undefined) {
      findings.push({ file, line, what: `${path} has no digest`, instead: 'install it from the registry again' });
    }
  }
  return findings;
}

function lineWith(text: string, part: string): number {
  return text.slice(0, Math.max(0, text.indexOf(part))).split('\n').length;
}
