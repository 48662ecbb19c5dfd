/**
 * What was thrown, as one line of words: the name and message of an error, and where it came from.
 *
 * A stack has many lines, some of them put there by whoever ran the code (node:vm prefixes a source
 * line), and a finding has one. Nothing here decides what an error means.
 */

/** `TypeError: context.peers is undefined`, whatever was thrown, in one line. */
export function wordsOfThrown(thrown: unknown): string {
  return inOneLine(thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `thrown: ${String(thrown)}`);
}

function inOneLine(text: string): string {
  return text.trim().replaceAll(/\s+/gu, ' ');
}

/** A frame of a V8 stack that lies in a file: `at name (file:///…/echo.ts:12:5)`, the name being optional. */
const framePattern = /^\s*at (?:.*\()?((?:file:\/\/|[a-z]:)?[\\/][^()]*?):(\d+):(\d+)\)?$/iu;

/** Which frames of a stack are told. */
export interface FrameChoice {
  /** Whether a file may be named. */
  readonly admits: (file: string) => boolean;
  /** The file whose frame, and all below it, are no part of what went wrong. */
  readonly until: string;
}

/**
 * ` at echo.ts:12:5` for the first admitted frame of the stack, else nothing. The file is named
 * without its folder, so that the words are the same wherever a project lies.
 */
export function placeOfThrown(thrown: unknown, { admits, until }: FrameChoice = everyFrame): string {
  const stack = thrown instanceof Error && typeof thrown.stack === 'string' ? thrown.stack : '';
  for (const line of stack.split('\n')) {
    const [, path, row, column] = framePattern.exec(line) ?? [];
    if (path === undefined) continue;
    const file = path.replace(/[?#].*$/u, '').replaceAll('\\', '/');
    if (until !== '' && file.endsWith(until)) return '';
    if (admits(file)) return ` at ${file.slice(file.lastIndexOf('/') + 1)}:${row}:${column}`;
  }
  return '';
}

const everyFrame: FrameChoice = { admits: () => true, until: '' };
