/**
 * Turns one source text into the facts that the rules ask for: imports, names, members, operators,
 * functions. It parses with oxc (through vite), so words in comments and strings are never taken for
 * code. It judges nothing.
 */
import { parseSync } from 'vite';
import type { SourceFile } from './sources.ts';

/** A node of the ESTree syntax tree; only the fields that every node has are typed. */
interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export interface ImportFact {
  readonly specifier: string;
  readonly line: number;
  /** Erased before the code runs: `import type`, `export type … from`, `typeof import(…)`. */
  readonly isTypeOnly: boolean;
  /** Names as the other module exports them; `*` for all, `default`. */
  readonly names: readonly string[];
}

export interface NamedFact {
  readonly name: string;
  readonly line: number;
}

export interface FunctionFact extends NamedFact {
  readonly lineCount: number;
}

export interface ParsedSource extends SourceFile {
  readonly imports: readonly ImportFact[];
  /** Identifiers that stand for a value or type, not those that only name a property. */
  readonly names: readonly NamedFact[];
  /** `object.property` as text; `.property` when the object is not a plain name. */
  readonly members: readonly NamedFact[];
  /** Keys of object literals. */
  readonly keys: readonly NamedFact[];
  /** `**`, `async`, `await`, `export default` and `export *`. */
  readonly constructs: readonly NamedFact[];
  readonly functions: readonly FunctionFact[];
  /** Relative paths in strings and templates, such as those of worker threads. */
  readonly paths: readonly NamedFact[];
  readonly comments: readonly NamedFact[];
  readonly errors: readonly string[];
}

/** Mutable lists of the same facts, filled while the tree is walked. */
interface Facts {
  readonly imports: ImportFact[];
  readonly names: NamedFact[];
  readonly members: NamedFact[];
  readonly keys: NamedFact[];
  readonly constructs: NamedFact[];
  readonly functions: FunctionFact[];
  readonly paths: NamedFact[];
}

type LineOf = (offset: number) => number;

/** Parses a file; what cannot be parsed gives `errors` and no facts. */
export function parseSource({ path, text }: SourceFile): ParsedSource {
  const result = parseSync(path, text);
  const lineOf = lineFinder(text);
  const facts: Facts = { imports: [], names: [], members: [], keys: [], constructs: [], functions: [], paths: [] };
  if (result.errors.length === 0) visit(result.program as unknown as SyntaxNode, undefined, facts, lineOf);
  return {
    path,
    text,
    ...facts,
    comments: result.comments.map((comment) => ({ name: comment.value, line: lineOf(comment.start) })),
    errors: result.errors.map((error) => error.message),
  };
}

/** Line number, from 1, of an offset into the text. */
function lineFinder(text: string): LineOf {
  const starts = [0];
  for (let offset = text.indexOf('\n'); offset >= 0; offset = text.indexOf('\n', offset + 1)) starts.push(offset + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

function visit(node: SyntaxNode, parent: SyntaxNode | undefined, facts: Facts, lineOf: LineOf): void {
  collectImport(node, facts, lineOf);
  collectConstruct(node, facts, lineOf);
  collectName(node, facts, lineOf);
  collectFunction(node, parent, facts, lineOf);
  const onlyNames = namesOnly(node);
  for (const [field, value] of Object.entries(node)) {
    if (field === onlyNames) continue;
    const children: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const child of children) if (isNode(child)) visit(child, node, facts, lineOf);
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';
}

/** The field of a node that only names a property, so that it is no use of a value of that name. */
function namesOnly(node: SyntaxNode): string | undefined {
  if (node.type === 'MemberExpression') return node['computed'] === true ? undefined : 'property';
  if (node.type === 'ImportSpecifier') return 'imported';
  if (node.type === 'ExportSpecifier') return 'exported';
  if (node.type === 'TSQualifiedName') return 'right';
  return 'key' in node && node['computed'] !== true ? 'key' : undefined;
}

/** Text of a string literal, or undefined. */
function literalText(node: unknown): string | undefined {
  if (!isNode(node) || node.type !== 'Literal') return undefined;
  const { value } = node;
  return typeof value === 'string' ? value : undefined;
}

function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  return node.type === 'Identifier' ? String(node['name']) : literalText(node);
}

const importTypes = new Set([
  'ImportDeclaration',
  'ExportAllDeclaration',
  'ExportNamedDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function collectImport(node: SyntaxNode, facts: Facts, lineOf: LineOf): void {
  const line = lineOf(node.start);
  const specifier = importTypes.has(node.type) ? literalText(node['source']) : undefined;
  if (specifier !== undefined) {
    const isTypeOnly = node['importKind'] === 'type' || node['exportKind'] === 'type' || node.type === 'TSImportType';
    const specifiers = (node['specifiers'] ?? []) as readonly SyntaxNode[];
    const names = specifiers.map((one) => nameOf(one['imported'] ?? one['local']) ?? '*');
    facts.imports.push({ specifier, line, isTypeOnly, names: specifiers.length === 0 ? ['*'] : names });
  }
  const template = node.type === 'TemplateElement' ? (node['value'] as { cooked?: string }).cooked : undefined;
  const text = literalText(node) ?? template;
  if (text !== undefined && /^\.{1,2}\//u.test(text)) facts.paths.push({ name: text, line });
}

function collectConstruct(node: SyntaxNode, facts: Facts, lineOf: LineOf): void {
  const add = (name: string) => facts.constructs.push({ name, line: lineOf(node.start) });
  if (node['operator'] === '**' || node['operator'] === '**=') add('**');
  if (node['async'] === true) add('async');
  if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node['await'] === true)) add('await');
  if (node.type === 'ExportDefaultDeclaration') add('export default');
  if (node.type === 'ExportAllDeclaration') add('export *');
}

function collectName(node: SyntaxNode, facts: Facts, lineOf: LineOf): void {
  const line = lineOf(node.start);
  if (node.type === 'Identifier') facts.names.push({ name: String(node['name']), line });
  if (node.type === 'MemberExpression') {
    const property = nameOf(node['property']);
    const isNamed = node['computed'] !== true || literalText(node['property']) !== undefined;
    const object = isNode(node['object']) && node['object'].type === 'Identifier' ? String(node['object']['name']) : '';
    if (isNamed && property !== undefined) facts.members.push({ name: `${object}.${property}`, line });
    else if (object === 'Math') facts.members.push({ name: 'Math.[computed]', line });
  }
  if (node.type === 'Property') {
    const key = nameOf(node['key']);
    if (key !== undefined) facts.keys.push({ name: key, line });
  }
}

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

function collectFunction(node: SyntaxNode, parent: SyntaxNode | undefined, facts: Facts, lineOf: LineOf): void {
  if (!functionTypes.has(node.type) || parent === undefined) return;
  // The body of a `describe` is a list of tests, not one function to be read at once.
  if (parent.type === 'CallExpression' && calleeName(parent).startsWith('describe')) return;
  const name = nameOf(node['id'] ?? parent['id'] ?? parent['key']) ?? 'a function without a name';
  const line = lineOf(node.start);
  facts.functions.push({ name, line, lineCount: lineOf(node.end) - line + 1 });
}

function calleeName(call: SyntaxNode): string {
  const callee = call['callee'];
  if (!isNode(callee)) return '';
  return nameOf(callee) ?? nameOf(callee['object']) ?? '';
}
