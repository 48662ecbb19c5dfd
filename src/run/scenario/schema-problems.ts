/**
 * Decodes plain values by a schema, and turns what the schema refuses into problems with a path,
 * what was expected in words, and the nearest right word.
 *
 * Works for any Effect Schema, so that sections of protocols and roles get the same messages as the
 * keys of the house. A schema helps with annotations: `expected` is the right form of a text, and
 * `title` on a struct or a union of literals says what its keys or literals are ("role").
 */
import * as Result from 'effect/Result';
import * as AST from 'effect/SchemaAST';
import type { Issue } from 'effect/SchemaIssue';
import * as Parser from 'effect/SchemaParser';
import { dimensions } from '../../kernel/units.ts';
import { nearestWord } from './nearest-word.ts';
import type { KeyPath } from './problems.ts';
import type { LooseSchema } from './words.ts';

export interface SchemaProblem {
  readonly path: KeyPath;
  readonly message: string;
  readonly nearest?: string;
}

export type Decoded =
  | { readonly kind: 'decoded'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly problems: readonly SchemaProblem[] };

const strict = { errors: 'all', onExcessProperty: 'error', reportInput: true } as const;

/** Decodes a plain value; keys that the schema does not know are problems. */
export function decodeStrictly(schema: LooseSchema, value: unknown, path: KeyPath = []): Decoded {
  const result = Parser.decodeUnknownResult(schema, strict)(value);
  if (Result.isSuccess(result)) return { kind: 'decoded', value: result.success };
  return { kind: 'refused', problems: firstOfEachPath(problemsOf(result.failure, path, value, path.length)) };
}

/** One value may fail several checks of a schema; the first says enough. */
function firstOfEachPath(problems: readonly SchemaProblem[]): SchemaProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ path }) => {
    const text = JSON.stringify(path);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

/** Flattens an issue; `root` is the value that was decoded, its path having `depth` steps. */
function problemsOf(issue: Issue, path: KeyPath, root: unknown, depth: number): SchemaProblem[] {
  switch (issue._tag) {
    case 'Pointer':
      return problemsOf(issue.issue, [...path, ...(issue.path as KeyPath)], root, depth);
    case 'Encoding':
      return problemsOf(issue.issue, path, root, depth);
    case 'Composite':
      return issue.issues.flatMap((inner) => problemsOf(inner, path, root, depth));
    case 'AnyOf':
      if (issue.issues.length > 0) return issue.issues.flatMap((inner) => problemsOf(inner, path, root, depth));
      return [expected(path, issue.ast, valueAt(root, path.slice(depth)))];
    case 'Filter': {
      const form = issue.filter.annotations?.['expected'];
      if (typeof form !== 'string') return problemsOf(issue.issue, path, root, depth);
      return [formProblem(path, form, valueAt(root, path.slice(depth)))];
    }
    case 'UnexpectedKey':
      return [unexpectedKey(path, issue.ast)];
    case 'MissingKey':
      return [{ path, message: 'is missing' }];
    case 'InvalidType':
      return [expected(path, issue.ast, valueAt(root, path.slice(depth)))];
    default: {
      const annotations = issue._tag === 'OneOf' ? undefined : issue.annotations;
      const message = annotations?.message ?? annotations?.['expected'];
      return [{ path, message: typeof message === 'string' ? message : 'has a value that is not allowed here' }];
    }
  }
}

function unexpectedKey(path: KeyPath, ast: AST.AST): SchemaProblem {
  const key = String(path.at(-1));
  const known = AST.isObjects(ast) ? ast.propertySignatures.map(({ name }) => String(name)) : [];
  return withNearest({ path, message: `unknown ${nounOf(ast) ?? 'key'} "${key}"` }, nearestWord(key, known));
}

function nounOf(ast: AST.AST): string | undefined {
  const title = ast.annotations?.['title'];
  return typeof title === 'string' ? title : undefined;
}

function withNearest(problem: SchemaProblem, nearest: string | undefined): SchemaProblem {
  return nearest === undefined ? problem : { ...problem, nearest };
}

/** Lists of words longer than this are not written out in a message. */
const listedLettersMax = 80;

function expected(path: KeyPath, ast: AST.AST, actual: unknown): SchemaProblem {
  const literals = literalsOf(ast);
  if (typeof actual === 'string' && literals.length > 0) {
    const nearest = nearestWord(actual, literals);
    const words = [...literals, ...otherForms(ast)].join(', ');
    const list = literals.join(', ').length <= listedLettersMax ? `: expected ${words}` : '';
    return withNearest({ path, message: `unknown ${nounOf(ast) ?? 'word'} "${actual}"${list}` }, nearest);
  }
  return formProblem(path, formOf(ast), actual);
}

function literalsOf(ast: AST.AST): string[] {
  if (AST.isUnion(ast)) return ast.types.flatMap(literalsOf);
  return AST.isLiteral(ast) && typeof ast.literal === 'string' ? [ast.literal] : [];
}

/** What else than its literals a union takes, in words. */
function otherForms(ast: AST.AST): string[] {
  return AST.isUnion(ast) ? ast.types.filter((type) => literalsOf(type).length === 0).map((type) => `or ${formOf(type)}`) : [];
}

/** What a schema wants to see in the file, in words. */
function formOf(schema: AST.AST): string {
  const ast = AST.toEncoded(schema);
  const form = ast.annotations?.['expected'];
  if (typeof form === 'string') return form;
  if (AST.isUnion(ast)) return [...new Set(ast.types.map(formOf))].join(' or ');
  if (AST.isLiteral(ast)) return String(ast.literal);
  if (AST.isObjects(ast)) return keysForm(ast);
  const plain: Partial<Record<AST.AST['_tag'], string>> = {
    String: 'text',
    Number: 'a number',
    Boolean: 'true or false',
    Arrays: 'a list',
    Null: 'null',
    Never: 'nothing',
  };
  return plain[ast._tag] ?? 'another value';
}

function keysForm(ast: AST.Objects): string {
  const names = ast.propertySignatures.map(({ name }) => String(name));
  const more = names.length > 4 ? ', …' : '';
  return names.length === 0 ? 'keys with values' : `{ ${names.slice(0, 4).join(', ')}${more} }`;
}

function formProblem(path: KeyPath, form: string, actual: unknown): SchemaProblem {
  const needsUnit = Object.values(dimensions).find((dimension) => form.includes(dimension.form));
  if (typeof actual === 'number' && (needsUnit !== undefined || form.includes('percentage'))) {
    return { path, message: `${actual} has no unit: expected ${form}` };
  }
  const message = `expected ${form}, got ${describe(actual)}`;
  const match = typeof actual === 'string' && needsUnit !== undefined ? /^(-?\d+(?:\.\d+)?) ?(\S+)$/u.exec(actual) : null;
  const unit = match === null ? undefined : nearestWord(match[2]!, Object.keys(needsUnit!.units));
  if (unit === undefined) return { path, message };
  const gap = unit.length > 2 && unit !== 'ppm' ? ' ' : '';
  return { path, message, nearest: `${match![1]}${gap}${unit}` };
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys and values';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function valueAt(root: unknown, path: KeyPath): unknown {
  let value: unknown = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
