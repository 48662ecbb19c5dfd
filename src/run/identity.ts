/**
 * The run's id: twelve hexadecimal digits of a digest over code, lock file, scenario and data.
 *
 * Two runs of one id are runs of the same thing. The trace hash is not part of it, so an id can be
 * known before a run.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { concatBytes, toHex } from '../kernel/bytes.ts';
import { encode } from '../kernel/codec.ts';
import type { Value, ValueMap } from '../kernel/codec.ts';
import type { ResolvedScenario } from './resolved.ts';
import { sha256Node } from './sha256-node.ts';

const sourceRoot = fileURLToPath(new URL('..', import.meta.url));
const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

let codeDigest: Uint8Array | undefined;

/** Digest of every source file of Orrery and of the lock file, or of package.json where there is none. */
function digestOfCode(): Uint8Array {
  if (codeDigest !== undefined) return codeDigest;
  const files = readdirSync(sourceRoot, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(?:ts|js)$/u.test(file)).sort();
  const digests = files.map((file) => sha256Node(readFileSync(join(sourceRoot, file))));
  const lock = ['package-lock.json', 'package.json'].map((file) => join(packageRoot, file)).find(existsSync);
  if (lock !== undefined) digests.push(sha256Node(readFileSync(lock)));
  codeDigest = sha256Node(concatBytes(...digests));
  return codeDigest;
}

/** `roleFiles` are the scenario's own roles, by absolute path. */
export function runId(scenario: ResolvedScenario, roleFiles: readonly string[], data: ValueMap): string {
  const { world: _, roles, ...rest } = scenario;
  const own = roleFiles.map((file) => sha256Node(readFileSync(file)));
  const whole = encode([digestOfCode(), rest as unknown as Value, Object.keys(roles), own, data]);
  return toHex(sha256Node(whole)).slice(0, 12);
}

/** Names the code that a run is made with: 64 hexadecimal digits. */
export function codeId(): string {
  return toHex(digestOfCode());
}

/** Names everything about a run but its code: 64 hexadecimal digits. `roleFiles` are as in `runId`. */
export function scenarioId(scenario: ResolvedScenario, roleFiles: readonly string[], data: ValueMap): string {
  const { world: _, roles, ...rest } = scenario;
  const own = roleFiles.map((file) => sha256Node(readFileSync(file)));
  return toHex(sha256Node(encode([rest as unknown as Value, Object.keys(roles), own, data])));
}
