/** Where the command line speaks: results on standard output, everything else on standard error. */
import { EOL } from 'node:os';

/** The world around one command; tests pass their own. */
export interface Terminal {
  /** Writes a line of results. */
  readonly result: (line: string) => void;
  /** Writes a line of words: progress, messages, usage. */
  readonly words: (line: string) => void;
  /** Milliseconds of a clock that only goes forward. */
  readonly nowMs: () => number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted when the user interrupts. */
  readonly interrupted: AbortSignal;
}

/** The terminal of this process. The first Ctrl-C interrupts; a second one ends the process at once. */
export function processTerminal(): Terminal {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endQuietly);
  return {
    result: (line) => void process.stdout.write(line + EOL),
    words: (line) => void process.stderr.write(line + EOL),
    nowMs: () => performance.now(),
    environment: process.env,
    interrupted: interruption.signal,
  };
}

/**
 * Whoever reads the output may stop, as `head` does; what is said after that is for nobody, and the
 * exit code stays that of the verb. Any other error of a stream is a broken machine and is thrown.
 */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
