/**
 * From the text of a scenario file to a ResolvedScenario, or to everything that is wrong with it.
 *
 * The steps: parse (source.ts), apply `--set` (overrides.ts), decode keys and units by the schema of
 * the registry (words.ts), and decide what the words mean for the nodes of this scenario. Nothing is
 * read or written here; role files are loaded beforehand by run/load.
 */
import type { ValueMap } from '../../kernel/codec.ts';
import { seedKey } from '../../kernel/draws.ts';
import { makeNodeId } from '../../kernel/ids.ts';
import { limits } from '../../kernel/limits.ts';
import { dimensions, writeQuantity } from '../../kernel/units.ts';
import { vocabularyOf } from '../registry.ts';
import type { Registry } from '../registry.ts';
import type { ResolvedScenario } from '../resolved.ts';
import { checkTogether } from './bounds.ts';
import { resolveExpectations } from './expectations.ts';
import { resolveFaults } from './faults.ts';
import { withOverride } from './overrides.ts';
import { inOrderOfPlace } from './problems.ts';
import type { KeyPath, Problem } from './problems.ts';
import type { ResolveContext } from './resolve-context.ts';
import { decodeStrictly } from './schema-problems.ts';
import { nodeAt, parseSource, placeOf, plainValue } from './source.ts';
import type { SourceNode } from './source.ts';
import { resolveWrap } from './wrap.ts';
import { resolveWeather } from './weather.ts';
import { scenarioSchema } from './words.ts';
import type { ScenarioWords } from './words.ts';

export type Opened =
  | { readonly kind: 'opened'; readonly root: SourceNode }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

export type Resolution =
  | { readonly kind: 'resolved'; readonly scenario: ResolvedScenario }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** What the command line adds to a file. */
export interface ResolveOptions {
  /** Used where the file has no key `seed`; 1 when left out. */
  readonly seed?: number;
  /** Wins over the file's key `world`. */
  readonly world?: ResolvedScenario['world'];
}

/** The end of a run when the file names none. */
const virtualTimeDefaultUs = 3_600_000_000;
const eventsDefault = 100_000_000;

/** Parses a file's text and applies the values of its `--set` flags, in their order. */
export function openScenario(text: string, file: string, overrides: readonly string[] = []): Opened {
  const parsed = parseSource(text, file);
  if (parsed.kind === 'broken') return { kind: 'refused', problems: [parsed.problem] };
  let root = parsed.root;
  const problems: Problem[] = [];
  if (root.kind !== 'map') {
    const message = 'expected keys and values, such as name: my-scenario';
    return { kind: 'refused', problems: [{ at: root.at, path: '', message }] };
  }
  for (const override of overrides) {
    const result = withOverride(root, override);
    if (result.kind === 'refused') problems.push(result.problem);
    else root = result.root;
  }
  return problems.length > 0 ? { kind: 'refused', problems } : { kind: 'opened', root };
}

/** Decodes and resolves an opened file; every problem found is reported, in the order of the file. */
export function resolveScenario(root: SourceNode, registry: Registry, options: ResolveOptions = {}): Resolution {
  const decoded = decodeStrictly(scenarioSchema(registry), plainValue(root));
  if (decoded.kind === 'refused') {
    const problems = decoded.problems.map(({ path, ...problem }) => ({ ...problem, ...placeOf(root, path) }));
    return { kind: 'refused', problems: inOrderOfPlace(problems) };
  }
  return new Resolver(root, registry, options).resolve(decoded.value as ScenarioWords & Record<string, unknown>);
}

class Resolver {
  readonly #root: SourceNode;
  readonly #registry: Registry;
  readonly #options: ResolveOptions;
  readonly #problems: Problem[] = [];

  constructor(root: SourceNode, registry: Registry, options: ResolveOptions) {
    this.#root = root;
    this.#registry = registry;
    this.#options = options;
  }

  readonly #report = (path: KeyPath, message: string, nearest?: string): void => {
    this.#problems.push({ message, ...placeOf(this.#root, path), ...(nearest === undefined ? {} : { nearest }) });
  };

  resolve(words: ScenarioWords & Record<string, unknown>): Resolution {
    const seed = words.seed ?? this.#options.seed ?? 1;
    const salt = words.salt ?? 0;
    const nodes = this.#nodes(words.nodes);
    const present = Object.keys(nodes).filter((role) => nodes[role]!.length > 0);
    const vocabulary = vocabularyOf(this.#registry, present);
    const sections = this.#sections(words, vocabulary);
    const virtualTimeMaxUs = this.#virtualTime(words);
    const weather = resolveWeather(words, this.#report);
    const context: ResolveContext = {
      nodes: new Map(present.map((role) => [role, nodes[role]!.map((index) => makeNodeId(role, index))])),
      vocabulary,
      sections,
      key: seedKey(seed, salt),
      latency: weather.network.latency,
      report: this.#report,
    };
    const expect = resolveExpectations(words.expect ?? [], context);
    const scenario: ResolvedScenario = {
      name: words.name,
      about: words.about ?? '',
      seed,
      salt,
      world: this.#options.world ?? words.world ?? 'sim',
      nodes,
      roles: words.roles ?? {},
      sections,
      weather,
      wrap: resolveWrap(words.wrap ?? {}, expect, context),
      faults: resolveFaults(words.faults ?? [], virtualTimeMaxUs, context),
      reseed: resolveReseed(words.reseed),
      expect,
      virtualTimeMaxUs,
      eventsMax: words.limits?.events ?? eventsDefault,
    };
    this.#checkDatagrams(scenario, vocabulary);
    checkTogether(weather, scenario.faults, virtualTimeMaxUs, context);
    if (scenario.reseed.some(({ atUs }) => atUs > virtualTimeMaxUs)) {
      this.#report(['reseed'], 'names a moment after the end of the run');
    }
    if (this.#problems.length > 0) return { kind: 'refused', problems: inOrderOfPlace(this.#problems) };
    return { kind: 'resolved', scenario };
  }

  /** Indices of each role's nodes, in role order. */
  #nodes(words: ScenarioWords['nodes']): Record<string, readonly number[]> {
    const roles = Object.keys(words).sort();
    const nodes: Record<string, readonly number[]> = {};
    let sum = 0;
    for (const role of roles) {
      const indices = indicesOf(words[role]!);
      if (new Set(indices).size < indices.length) this.#report(['nodes', role], 'names an index twice');
      nodes[role] = indices;
      sum += indices.length;
    }
    if (sum === 0) {
      const known = [...this.#registry.roles.keys()].join(', ');
      this.#report(['nodes'], `has no nodes: expected numbers of some of ${known}`);
    }
    if (sum > limits.nodesMax) this.#report(['nodes'], `has ${sum} nodes; at most ${limits.nodesMax} are allowed`);
    return nodes;
  }

  /** The sections of the roles in use; a section that stands for nobody is a problem. */
  #sections(words: Record<string, unknown>, vocabulary: Registry): Record<string, ValueMap> {
    const sections: Record<string, ValueMap> = {};
    for (const key of this.#registry.sections.keys()) {
      const used = vocabulary.sections.get(key);
      const given = nodeAt(this.#root, [key]) !== undefined;
      if (used === undefined) {
        if (given) this.#report([key], 'configures nobody: no node of this scenario has a role that reads this section');
      } else if (given) {
        sections[key] = words[key] as ValueMap;
      } else {
        const decoded = decodeStrictly(used.schema, {}, [key]);
        if (decoded.kind === 'decoded') sections[key] = decoded.value as ValueMap;
        else for (const { path, message, nearest } of decoded.problems) this.#report(path, message, nearest);
      }
    }
    return sections;
  }

  #virtualTime(words: ScenarioWords): number {
    const us = words.limits?.virtualTime ?? virtualTimeDefaultUs;
    if (us === 0) this.#report(['limits', 'virtualTime'], 'a run lasts longer than 0us');
    if (us > limits.virtualTimeUsMax) {
      const longest = writeQuantity(limits.virtualTimeUsMax, dimensions.duration);
      this.#report(['limits', 'virtualTime'], `a run lasts at most ${longest}`);
    }
    return us;
  }

  /** A standing condition that only datagrams can meet, where nobody sends any. */
  #checkDatagrams(scenario: ResolvedScenario, vocabulary: Registry): void {
    if ([...vocabulary.protocols.values()].some(({ transport }) => transport === 'datagram')) return;
    for (const key of ['duplicate', 'reorder', 'corrupt'] as const) {
      if (scenario.weather.network[key] > 0) {
        this.#report(['network', key], 'cannot happen on a stream; no role of this scenario speaks a datagram protocol');
      }
    }
  }
}

/** A number of nodes has the indices from 0; a list is in its order. */
function indicesOf(words: number | readonly number[]): readonly number[] {
  if (typeof words === 'number') return Array.from({ length: words }, (_, index) => index);
  return [...words].sort((a, b) => a - b);
}

function resolveReseed(words: ScenarioWords['reseed']): ResolvedScenario['reseed'] {
  const list = words === undefined ? [] : [words].flat();
  return list.map(({ at, salt }) => ({ atUs: at, salt })).sort((a, b) => a.atUs - b.atUs);
}
