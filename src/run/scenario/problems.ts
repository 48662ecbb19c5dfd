/**
 * What is wrong with a scenario, as data: where, under which key, and what was meant.
 *
 * Problems are collected, not thrown, so that one reading names all of them. `file` is the scenario
 * file's name as the user wrote it, or the flag whose value is wrong.
 */

import { printable } from '../../judge/plain-words.ts';

/** A place in a file; line and column count from 1. A flag has neither. */
export interface Position {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Keys and list indices from the root of the file. */
export type KeyPath = readonly (string | number)[];

export interface Problem {
  readonly at: Position;
  /** The key path as text: `faults.massacre.kill`; empty for the file as a whole. */
  readonly path: string;
  /** One sentence without a full stop at its end. */
  readonly message: string;
  /** The nearest right word, when there is one. */
  readonly nearest?: string;
}

/** Adds a problem at a key path. */
export type ReportProblem = (path: KeyPath, message: string, nearest?: string) => void;

/** `scenarios/a.yaml:12:3: faults.massacre: unknown key "kil"; did you mean "kill"?` */
export function problemText(problem: Problem): string {
  const { file, line, column } = problem.at;
  const place = line === undefined ? file : `${file}:${line}:${column}`;
  const path = problem.path === '' ? '' : `${problem.path}: `;
  const nearest = problem.nearest === undefined ? '' : `; did you mean "${problem.nearest}"?`;
  return printable(`${place}: ${path}${problem.message}${nearest}`);
}

/** In order of line and column; flags last. */
export function inOrderOfPlace(problems: readonly Problem[]): Problem[] {
  const line = (problem: Problem): number => problem.at.line ?? Number.MAX_SAFE_INTEGER;
  return [...problems].sort((a, b) => line(a) - line(b) || (a.at.column ?? 0) - (b.at.column ?? 0));
}
