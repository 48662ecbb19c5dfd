/**
 * A scenario file as a tree in which every key and value knows its place.
 *
 * This is the only file that touches the YAML parser. It gives plain values for the schemas and
 * positions for the error messages; it knows nothing of what the keys mean. Anchors, aliases, tags,
 * merge keys and second documents are refused: a scenario is read by people first.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node, ParsedNode } from 'yaml';
import { limits } from '../../kernel/limits.ts';
import type { KeyPath, Position, Problem } from './problems.ts';

export type SourceScalar = null | boolean | number | string;
export type SourceValue = SourceScalar | readonly SourceValue[] | { readonly [key: string]: SourceValue };

export type SourceNode =
  | { readonly kind: 'scalar'; readonly at: Position; readonly value: SourceScalar }
  | { readonly kind: 'list'; readonly at: Position; readonly items: readonly SourceNode[] }
  | { readonly kind: 'map'; readonly at: Position; readonly entries: ReadonlyMap<string, SourceEntry> };

export interface SourceEntry {
  readonly keyAt: Position;
  readonly node: SourceNode;
}

export type Parsed =
  | { readonly kind: 'parsed'; readonly root: SourceNode }
  | { readonly kind: 'broken'; readonly problem: Problem };

/** Parses YAML text; the first thing that is wrong with it is the one problem. */
export function parseSource(text: string, file: string): Parsed {
  const broken = (message: string, at: Position = { file }): Parsed => {
    return { kind: 'broken', problem: { at, path: '', message } };
  };
  if (text.length > limits.scenarioBytesMax) return broken(`is larger than ${limits.scenarioBytesMax} bytes`);
  const lines = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const tooDeep = tooDeepAt(text);
  if (tooDeep !== undefined) return broken(tooDeepText, { file, line: tooDeep, column: 1 });
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false, version: '1.2' });
  const failure = document.errors[0] ?? document.warnings[0];
  if (failure !== undefined) return broken(`this is no valid YAML: ${firstLine(failure.message)}`, position(failure.pos[0]));
  const refused = refusedNode(document);
  if (refused !== undefined) return broken(refused.message, position(refused.offset));
  if (document.contents === null) return broken('is empty');
  const faulty = faultyKey(document);
  if (faulty !== undefined) return broken(faulty.message, position(faulty.offset));
  return { kind: 'parsed', root: convert(document.contents, position) };
}

function firstLine(text: string): string {
  return text.split('\n')[0]!.replace(/[.:]$/u, '');
}

/**
 * The first line that opens more levels than a scenario may have. The parser recurses, so its stack
 * must be guarded before it runs: levels are at most the open brackets plus the block markers of a
 * line plus the steps of indentation, whatever the brackets turn out to mean.
 */
function tooDeepAt(text: string): number | undefined {
  let open = 0;
  let line = 0;
  for (const content of text.split('\n')) {
    line += 1;
    for (const letter of content) {
      if (letter === '[' || letter === '{') open += 1;
      else if ((letter === ']' || letter === '}') && open > 0) open -= 1;
      if (open > nestingGuard) return line;
    }
    const markers = /^(?: *[-?:] )*/u.exec(content)![0].replaceAll(' ', '').length;
    const indentation = /^ */u.exec(content)![0].length;
    if (markers + indentation > nestingGuard * 2) return line;
  }
  return undefined;
}

const tooDeepText = `nests deeper than ${limits.valueDepthMax} levels`;

/** Far above any scenario's depth and far below what the parser's stack bears. */
const nestingGuard = limits.valueDepthMax * 8;

/** What a scenario may not use, although YAML has it. */
function refusedNode(document: Document.Parsed): { message: string; offset: number } | undefined {
  let refused: { message: string; offset: number } | undefined;
  const refuse = (node: Node, message: string) => {
    refused = { message, offset: node.range?.[0] ?? 0 };
    return visit.BREAK;
  };
  visit(document, {
    Node(_key, node, ancestors) {
      if (isAlias(node)) return refuse(node, 'aliases (*name) are not read here: write the value out');
      if (node.anchor !== undefined) return refuse(node, 'anchors (&name) are not read here: write the value out');
      if (ancestors.length / 2 > limits.valueDepthMax) return refuse(node, tooDeepText);
      return undefined;
    },
    Pair(_key, pair) {
      if (isScalar(pair.key) && ['string', 'number', 'boolean'].includes(typeof pair.key.value)) return undefined;
      return refuse(pair.key as Node, 'a key is a word');
    },
  });
  return refused;
}

/**
 * A key that stands twice, or one too many. The parser's own search compares each key with all that
 * stand before it, which takes minutes for a large map.
 */
function faultyKey(document: Document.Parsed): { message: string; offset: number } | undefined {
  let faulty: { message: string; offset: number } | undefined;
  visit(document, {
    Map(_key, map) {
      const seen = new Set<string>();
      for (const { key } of map.items as { key: Node & { value: unknown } }[]) {
        const name = String(key.value);
        const twice = seen.has(name);
        seen.add(name);
        if (!twice && seen.size <= limits.scenarioKeysMax) continue;
        const message = twice
          ? `this is no valid YAML: the key "${name}" stands here twice`
          : `has more than ${limits.scenarioKeysMax} keys in one place`;
        faulty = { message, offset: key.range?.[0] ?? 0 };
        return visit.BREAK;
      }
      return undefined;
    },
  });
  return faulty;
}

function convert(node: ParsedNode, position: (offset: number) => Position): SourceNode {
  const at = position(node.range[0]);
  if (isMap(node)) {
    const entries = new Map<string, SourceEntry>();
    for (const pair of node.items) {
      const key = pair.key as ParsedNode & { value: unknown; range: [number, number, number] };
      const keyAt = position(key.range[0]);
      const value = pair.value as ParsedNode | null;
      const child: SourceNode = value === null ? { kind: 'scalar', at: keyAt, value: null } : convert(value, position);
      entries.set(String(key.value), { keyAt, node: child });
    }
    return { kind: 'map', at, entries };
  }
  if (isSeq(node)) return { kind: 'list', at, items: node.items.map((item) => convert(item as ParsedNode, position)) };
  const value: unknown = isScalar(node) ? node.value : null;
  return { kind: 'scalar', at, value: typeof value === 'bigint' ? Number(value) : (value as SourceScalar) };
}

/** The plain value of a tree. Keys become own properties whatever their name. */
export function plainValue(node: SourceNode): SourceValue {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plainValue(entry.node)]));
}

/** The node under a path; undefined where the file has none. */
export function nodeAt(root: SourceNode, path: KeyPath): SourceNode | undefined {
  let node: SourceNode | undefined = root;
  for (const step of path) {
    if (node?.kind === 'map') node = node.entries.get(String(step))?.node;
    else if (node?.kind === 'list') node = node.items[Number(step)];
    else return undefined;
  }
  return node;
}

/** The place of the last key of a path that stands in the file; the value's place for list items. */
export function positionOf(root: SourceNode, path: KeyPath): Position {
  let node: SourceNode = root;
  let at = root.at;
  for (const step of path) {
    const entry: SourceEntry | undefined = node.kind === 'map' ? node.entries.get(String(step)) : undefined;
    const next: SourceNode | undefined = node.kind === 'list' ? node.items[Number(step)] : entry?.node;
    if (next === undefined) return at;
    at = entry?.keyAt ?? next.at;
    node = next;
  }
  return at;
}

/** A path as people write it: list items by their id where they have one. */
export function pathText(root: SourceNode, path: KeyPath): string {
  let node: SourceNode | undefined = root;
  const words: string[] = [];
  for (const step of path) {
    const next: SourceNode | undefined = node === undefined ? undefined : nodeAt(node, [step]);
    const id = typeof step === 'number' && next?.kind === 'map' ? idOf(next) : undefined;
    words.push(id ?? String(step));
    node = next;
  }
  return words.join('.');
}

/** Where a key path stands, and its text: what a problem says of its place. */
export function placeOf(root: SourceNode, path: KeyPath): Pick<Problem, 'at' | 'path'> {
  return { at: positionOf(root, path), path: pathText(root, path) };
}

/** The `id` of a list item. */
export function idOf(node: SourceNode): string | undefined {
  const entry = node.kind === 'map' ? node.entries.get('id') : undefined;
  return entry?.node.kind === 'scalar' && entry.node.value !== null ? String(entry.node.value) : undefined;
}
