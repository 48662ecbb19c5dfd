/**
 * The command line: arguments in, exit code out.
 *
 * Every message about what the user asked for is one or a few plain lines on standard error and exit
 * code 2. A stack trace appears only when Orrery itself broke, which is exit code 1.
 */
import type { Command } from 'commander';
import { CommandRefused } from './command-refused.ts';
import type { Engine } from './engine.ts';
import { exitCodes } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { processTerminal } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { endUsage } from './usage-end.ts';

/** Runs the verb that the arguments name (without node and script), and gives the exit code. */
export async function main(
  argv: readonly string[],
  terminal: Terminal = processTerminal(),
  engine: () => Promise<Engine> = loadEngine,
): Promise<number> {
  let exitCode: number = exitCodes.pass;
  const program = createProgram({ terminal, engine }, (code) => {
    exitCode = code;
  });
  speakThrough(terminal, program);
  try {
    if (argv.length === 0) {
      terminal.words(program.helpInformation().trimEnd());
      return exitCodes.invalid;
    }
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, argv, terminal);
  }
}

/** Commander writes through the terminal and throws where it would end the process; parts of verbs too. */
function speakThrough(terminal: Terminal, command: Command): void {
  for (const part of command.commands) speakThrough(terminal, part);
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => terminal.result(text.trimEnd()),
    writeErr: (text) => terminal.words(text.trimEnd()),
    outputError: (text, write) => write(oneLine(text)),
  });
}

/** `error: unknown option '--sed'\n(Did you mean --seed?)` → `orrery: unknown option '--sed' (did you mean --seed?)` */
function oneLine(text: string): string {
  const line = text.trim().replace(/^error: /u, '').replaceAll(/\s*\n\s*/gu, ' ').replace('(Did you mean', '(did you mean');
  return `orrery: ${line}`;
}

/** Tells the user about an error and gives the exit code for it. */
function exitCodeOf(error: unknown, argv: readonly string[], terminal: Terminal): number {
  if (!(error instanceof Error)) return broken(new Error(String(error)), terminal);
  // Commander has written its message already; its own exit code is 0 for --help and 1 otherwise.
  if ('code' in error && String(error.code).startsWith('commander.')) {
    if ('exitCode' in error && error.exitCode === 0) return exitCodes.pass;
    endUsage(argv, oneLine(error.message), terminal);
    return exitCodes.invalid;
  }
  // FolderRefused is known by its name, because importing it would load the run room for --help.
  if (error instanceof CommandRefused || error.name === 'FolderRefused') {
    terminal.words(`orrery: ${error.message}`);
    endUsage(argv, `orrery: ${error.message}`, terminal);
    return exitCodes.invalid;
  }
  return broken(error, terminal);
}

function broken(error: Error, terminal: Terminal): number {
  terminal.words('orrery: Orrery itself broke; this is a bug of Orrery and says nothing about your scenario.');
  terminal.words(error.stack ?? error.message);
  return exitCodes.broken;
}

async function loadEngine(): Promise<Engine> {
  const { engine } = await import('./built-in-engine.ts');
  return engine;
}
