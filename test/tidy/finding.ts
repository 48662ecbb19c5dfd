/** What tidy reports: a place, what is wrong there, and what to do instead. */

export interface Finding {
  /** Path from the root of the repository, with slashes. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly what: string;
  readonly instead: string;
}

/** One line, as compilers write it, so that editors can jump to the place. */
export function formatFinding({ file, line, what, instead }: Finding): string {
  return `${file}:${line}: ${what}; instead: ${instead}`;
}
