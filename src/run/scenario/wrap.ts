/**
 * `wrap`: which nodes of a role are adversaries, and of what kind.
 *
 * A number draws nodes by the rank of a keyed hash, so that fewer liars are a subset of more. Whoever
 * wraps a role that none of its protocols suffers to lie has to say what that must break.
 */
import * as Schema from 'effect/Schema';
import { optionSchemas } from '../../actors/adversaries/options.ts';
import type { OptionName, OptionValues } from '../../actors/adversaries/options.ts';
import type { AdversaryDefinition } from '../../actors/adversaries/define.ts';
import { builtinAdversaries } from '../../actors/adversaries/registry.ts';
import { present } from '../../kernel/assert.ts';
import { compareNodeIds } from '../../kernel/ids.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Expectation, Wrap } from '../resolved.ts';
import type { KeyPath } from './problems.ts';
import { allNodes, reportUnknown } from './resolve-context.ts';
import type { ResolveContext } from './resolve-context.ts';
import { resolveSelector } from './selectors.ts';

const optional = Schema.optionalKey;
const adversaryList = [...builtinAdversaries.values()];

const optionWords = Object.fromEntries(
  Object.entries(optionSchemas).map(([name, schema]) => [name, optional(schema as Schema.Codec<unknown, unknown>)]),
);

/** One kind of adversary for some nodes of a role. */
const Entry = Schema.Struct({
  as: Schema.Literals([...builtinAdversaries.keys()]).annotate({
    description: adversaryList.map(({ name, about }) => `${name}: ${about}`).join(' '),
  }),
  count: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)).annotate({ description: 'So many nodes, drawn.' })),
  who: optional(Schema.String.annotate({ description: 'A range of indices such as 3..7, or all.' })),
  ids: optional(Schema.Array(Schema.String)),
  ...optionWords,
}).annotate({ identifier: 'Adversary' });

/** The schema of `wrap` for the roles of a registry. */
export function wrapWords(roleNames: readonly string[]) {
  const entries = Schema.Union([Entry, Schema.Array(Entry)]);
  const ofRoles = Object.fromEntries(roleNames.map((role) => [role, optional(entries)]));
  return Schema.Struct(ofRoles).annotate({ title: 'role', description: 'Nodes that lie: for each role which, and how.' });
}

type EntryWords = { readonly as: string; readonly count?: number; readonly who?: string; readonly ids?: readonly string[] } & OptionValues;
export type WrapWords = { readonly [role: string]: EntryWords | readonly EntryWords[] };

/** All wrappings of a file; no node is wrapped twice. */
export function resolveWrap(words: WrapWords, expect: readonly Expectation[], context: ResolveContext): Wrap[] {
  const wraps: Wrap[] = [];
  for (const [role, entries] of Object.entries(words)) {
    const taken = new Set<NodeId>();
    const isList = Array.isArray(entries);
    for (const [index, entry] of ([entries].flat() as readonly EntryWords[]).entries()) {
      const path: KeyPath = isList ? ['wrap', role, index] : ['wrap', role];
      const id = index === 0 ? `wrap.${role}` : `wrap.${role}.${index + 1}`;
      wraps.push(new EntryResolver(role, entry, id, path, context).resolve(taken));
    }
    if (taken.size > 0) checkTolerance(role, expect, context);
  }
  return wraps;
}

class EntryResolver {
  readonly #role: string;
  readonly #words: EntryWords;
  readonly #id: string;
  readonly #path: KeyPath;
  readonly #context: ResolveContext;

  constructor(role: string, words: EntryWords, id: string, path: KeyPath, context: ResolveContext) {
    this.#role = role;
    this.#words = words;
    this.#id = id;
    this.#path = path;
    this.#context = context;
  }

  /** Adds whom it wraps to `taken`. */
  resolve(taken: Set<NodeId>): Wrap {
    const adversary = present(builtinAdversaries.get(this.#words.as), 'the adversary that the schema let pass');
    this.#checkRole(adversary);
    this.#checkSides();
    const options = this.#options(adversary);
    const nodes = this.#nodes(taken);
    for (const node of nodes) {
      if (taken.has(node)) this.#report([], `${node} is wrapped twice`);
      taken.add(node);
    }
    return { id: this.#id, role: this.#role, as: adversary.name, nodes, options };
  }

  #report(keys: KeyPath, message: string): void {
    this.#context.report([...this.#path, ...keys], message);
  }

  #checkRole({ name, roles, refuses }: AdversaryDefinition): void {
    if (roles !== null && !roles.includes(this.#role)) {
      this.#report(['as'], `${name} wraps nodes of role ${roles.join(', ')}, not of role ${this.#role}`);
    }
    const refusal = refuses?.(this.#context.sections);
    if (refusal !== undefined) this.#report(['as'], refusal);
  }

  /** Whoever stands on a side is a node of the scenario, of any role. */
  #checkSides(): void {
    const known = new Set(allNodes(this.#context));
    for (const [side, ids] of (this.#words.sides ?? []).entries()) {
      for (const [place, id] of ids.entries()) {
        if (!known.has(id)) reportUnknown(this.#context, [...this.#path, 'sides', side, place], 'node', id, known);
      }
    }
  }

  /** The options that it reads, defaults included; any other is a problem. */
  #options({ name, reads }: AdversaryDefinition): OptionValues {
    const given = Object.keys(optionSchemas).filter((option) => this.#words[option as OptionName] !== undefined);
    for (const option of given) {
      if (Object.hasOwn(reads, option)) continue;
      const known = Object.keys(reads).join(', ');
      this.#report([option], `means nothing for ${name}, which reads ${known === '' ? 'no option' : known}`);
    }
    return { ...reads, ...Object.fromEntries(given.map((option) => [option, this.#words[option as OptionName]])) };
  }

  #nodes(taken: ReadonlySet<NodeId>): readonly NodeId[] {
    const { count, who, ids } = this.#words;
    const ways = [count, who, ids].filter((way) => way !== undefined);
    if (ways.length !== 1) this.#report([], 'expected exactly one of count, who and ids, which say whom it wraps');
    if (ways.length !== 1 || count === 0) return [];
    const key = count !== undefined ? 'count' : who !== undefined ? 'who' : 'ids';
    const selector = ids === undefined ? { [this.#role]: (count ?? who)! } : { ids };
    const place = { path: [...this.#path, key], drawName: this.#id, taken };
    // What is wrong with the selector is wrong with the key that it was made of.
    const report: ResolveContext['report'] = (_, ...words) => this.#context.report([...this.#path, key], ...words);
    const selection = resolveSelector(selector, place, { ...this.#context, report });
    if (selection.kind === 'state') {
      this.#report([key], `"${who}" is a state; whom an adversary wraps is decided before the run: expected a range such as 3..7, or all`);
      return [];
    }
    const ofRole = new Set(this.#context.nodes.get(this.#role) ?? []);
    const foreign = selection.nodes.find((node) => !ofRole.has(node));
    if (foreign !== undefined) this.#report([key], `${foreign} is no node of role ${this.#role}`);
    return [...selection.nodes].sort(compareNodeIds);
  }
}

/** A role that may not lie must be expected to break something. */
function checkTolerance(role: string, expect: readonly Expectation[], { vocabulary, report }: ResolveContext): void {
  if (expect.some(({ kind }) => kind === 'breaks')) return;
  const fragile = vocabulary.roles.get(role)?.protocols.find(({ tolerates }) => tolerates.liars?.includes(role) !== true);
  if (fragile === undefined) return;
  report(
    ['wrap', role],
    `${fragile.name} tolerates no ${role} that lies (${fragile.tolerates.byzantine}): say under expect what this breaks, ` +
      'such as "breaks: one model per round"',
  );
}

/** The words of a wrapping, everything written out. */
export function wrapWordsOf(wraps: readonly Wrap[]): WrapWords {
  const words: Record<string, EntryWords[]> = {};
  for (const { role, as, nodes, options } of wraps) {
    const whom = nodes.length === 0 ? { count: 0 } : { ids: nodes };
    (words[role] ??= []).push({ as, ...whom, ...options });
  }
  return Object.fromEntries(Object.entries(words).map(([role, entries]) => [role, entries.length === 1 ? entries[0]! : entries]));
}
