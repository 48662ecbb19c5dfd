/**
 * A scenario file from disk, with the roles that it brings along: the Node side of run/scenario.
 *
 * Reads the file, imports the role files that it names, relative to it, and resolves its words.
 * Whatever is wrong with any of them comes back as problems; nothing is thrown for it and nothing is
 * written.
 */
import { readFile, stat } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RoleDefinition } from '../actors/define.ts';
import { limits } from '../kernel/limits.ts';
import { createRegistry, RegistryClash } from './registry.ts';
import type { Registry } from './registry.ts';
import type { ResolvedScenario } from './resolved.ts';
import { wrongWithRole } from './role-shape.ts';
import { openScenario, resolveScenario } from './scenario/resolve.ts';
import type { Opened, ResolveOptions } from './scenario/resolve.ts';
import { withChange } from './scenario/overrides.ts';
import type { Change } from './scenario/overrides.ts';
import type { KeyPath, Problem } from './scenario/problems.ts';
import { nodeAt, placeOf, positionOf } from './scenario/source.ts';
import type { SourceNode } from './scenario/source.ts';

export interface LoadRequest extends ResolveOptions {
  /** The path of the scenario file, as the user wrote it. */
  readonly file: string;
  /** The values of the `--set` flags, in their order. */
  readonly overrides: readonly string[];
  /** Values from another file, put in after the flags. */
  readonly changes?: readonly Change[];
  readonly builtinRoles: readonly RoleDefinition[];
}

export type Loaded =
  | {
      readonly kind: 'loaded';
      readonly scenario: ResolvedScenario;
      readonly registry: Registry;
      /** Where a key stands in the file, for problems that only show later. */
      readonly place: (path: KeyPath) => Pick<Problem, 'at' | 'path'>;
      /** What the user should know although nothing is wrong, a sentence each. */
      readonly notes: readonly string[];
    }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

type Refused = Extract<Loaded, { kind: 'refused' }>;
type RolesLoaded = { readonly kind: 'loaded'; readonly roles: readonly RoleDefinition[] } | Refused;

/** Loads and resolves a scenario file. */
export async function loadScenario(request: LoadRequest): Promise<Loaded> {
  const text = await readText(request.file);
  if (text.kind === 'refused') return text;
  const opened = withChanges(openScenario(text.text, request.file, request.overrides), request.changes ?? []);
  if (opened.kind === 'refused') return opened;
  const own = await loadRoles(opened.root, request.file, request.builtinRoles);
  if (own.kind === 'refused') return own;
  const registry = registryOf([...request.builtinRoles, ...own.roles], opened.root);
  if (registry.kind === 'refused') return registry;
  const resolution = resolveScenario(opened.root, registry.registry, request);
  if (resolution.kind === 'refused') return resolution;
  const { scenario } = resolution;
  return {
    kind: 'loaded',
    scenario,
    registry: registry.registry,
    place: (path) => placeOf(opened.root, path),
    notes: [...seedNotes(request.seed, scenario.seed), ...adviceOf(scenario, registry.registry)],
  };
}

function withChanges(opened: Opened, changes: readonly Change[]): Opened {
  let now = opened;
  for (const change of changes) {
    if (now.kind === 'refused') return now;
    const changed = withChange(now.root, change);
    now = changed.kind === 'refused' ? { kind: 'refused', problems: [changed.problem] } : { kind: 'opened', root: changed.root };
  }
  return now;
}

/** What sections have to say about a scenario that is not wrong. */
function adviceOf({ nodes, sections }: ResolvedScenario, registry: Registry): string[] {
  const counts = Object.fromEntries(Object.entries(nodes).map(([role, indices]) => [role, indices.length]));
  return Object.entries(sections).flatMap(([key, section]) => registry.sections.get(key)?.advise?.(section, counts) ?? []);
}

/** A flag that the file overrules must not be lost in silence. */
function seedNotes(asked: number | undefined, used: number): string[] {
  if (asked === undefined || asked === used) return [];
  return [`The scenario's own seed ${used} goes before --seed ${asked}; --set seed=${asked} replaces it.`];
}

function refused(at: Problem['at'], path: string, message: string): Refused {
  return { kind: 'refused', problems: [{ at, path, message }] };
}

const wordsByCode: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'cannot be read: permission is denied',
  ENOTDIR: 'does not exist: a part of the path is a file',
};

/** The text of a file that people write, or why there is none. */
export async function readText(file: string, what = 'scenario file'): Promise<{ kind: 'read'; text: string } | Refused> {
  try {
    const { size } = await stat(file);
    if (size > limits.scenarioBytesMax) return refused({ file }, '', `is larger than ${limits.scenarioBytesMax} bytes`);
    const bytes = await readFile(file);
    return { kind: 'read', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError) return refused({ file }, '', 'is no UTF-8 text');
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    if (code === 'EISDIR') return refused({ file }, '', `is a folder, and a ${what} was expected`);
    return refused({ file }, '', wordsByCode[code] ?? `cannot be read: ${code}`);
  }
}

/** Imports the files under `roles`. Their shape is checked here, their meaning by the registry. */
async function loadRoles(
  root: SourceNode,
  scenarioFile: string,
  builtinRoles: readonly RoleDefinition[],
): Promise<RolesLoaded> {
  const listed = nodeAt(root, ['roles']);
  if (listed?.kind !== 'map') return { kind: 'loaded', roles: [] };
  const roles: RoleDefinition[] = [];
  for (const [name, { node }] of listed.entries) {
    const place = placeOf(root, ['roles', name]);
    if (node.kind !== 'scalar' || typeof node.value !== 'string') {
      return refused(place.at, place.path, 'expected the path of a role file');
    }
    const imported = await importRole(resolve(dirname(scenarioFile), node.value));
    if (typeof imported === 'string') return refused(place.at, place.path, `${node.value} ${imported}`);
    if (imported.name !== name) {
      return refused(place.at, place.path, `${node.value} defines the role "${imported.name}", not "${name}"`);
    }
    if (builtinRoles.some((builtin) => builtin.name === name)) {
      const message = `${node.value} defines the role "${name}", which is built in: give yours another name`;
      return refused(place.at, place.path, message);
    }
    roles.push(imported);
  }
  return { kind: 'loaded', roles };
}

/** The role of a file, or what is wrong with it, as the end of a sentence. */
async function importRole(path: string): Promise<RoleDefinition | string> {
  const missing = await stat(path).then((found) => !found.isFile(), () => true);
  if (missing) return 'does not exist';
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as typeof module;
  } catch (error) {
    // A user's own file may throw anything; its first line says enough for one message.
    const message = error instanceof Error ? error.message : String(error);
    return `cannot be imported: ${message.split('\n')[0]}`;
  }
  return wrongWithRole(module.default) ?? (module.default as RoleDefinition);
}

function registryOf(
  roles: readonly RoleDefinition[],
  root: SourceNode,
): { readonly kind: 'joined'; readonly registry: Registry } | Refused {
  try {
    return { kind: 'joined', registry: createRegistry(roles) };
  } catch (error) {
    if (error instanceof RegistryClash) return refused(positionOf(root, ['roles']), 'roles', error.message);
    throw error;
  }
}

/**
 * The same scenario with the paths of its role files as seen from another folder, for
 * scenario.resolved.yaml, which does not lie where the scenario file lies.
 */
export function withRolesSeenFrom(scenario: ResolvedScenario, scenarioFile: string, folder: string): ResolvedScenario {
  const seen = Object.entries(scenario.roles).map(([name, path]) => {
    const steps = relative(folder, resolve(dirname(scenarioFile), path)).split(sep).join('/');
    return [name, steps.startsWith('.') ? steps : `./${steps}`];
  });
  return { ...scenario, roles: Object.fromEntries(seen) as Record<string, string> };
}
