/**
 * How a command ends that was not understood: the verdict `invalid`, like every other end of a run.
 *
 * Scripts read the last line of standard output whatever went wrong, so a misspelt flag of `run` or
 * `replay`, or a misspelt verb, must not leave it empty. Verbs that give no verdict give none here.
 */
import { shellWord } from '../judge/plain-words.ts';
import type { Terminal } from './terminal.ts';
import { invalidVerdict, verdictLine } from './verdict-line.ts';

/** Verbs that end without a verdict. */
const otherVerbs: ReadonlySet<string> = new Set(['report', 'study', 'data', 'doctor']);

/** Prints the verdict of a command that was not understood; `message` says why. */
export function endUsage(argv: readonly string[], message: string, terminal: Terminal): void {
  const [verb] = argv;
  if (verb === undefined || verb.startsWith('-') || otherVerbs.has(verb)) return;
  const verdict = invalidVerdict({
    scenario: '-',
    seed: seedIn(argv),
    world: 'sim',
    replay: ['npx', 'orrery', ...argv].map(shellWord).join(' '),
    messages: [message],
  });
  terminal.result(argv.includes('--json') ? JSON.stringify(verdict) : verdictLine(verdict));
}

/** The seed that was asked for, as far as it can be read; else the default. */
function seedIn(argv: readonly string[]): number {
  const after = argv.indexOf('--seed') + 1;
  const text = after > 0 ? argv[after] : argv.find((word) => word.startsWith('--seed='))?.slice('--seed='.length);
  const seed = text !== undefined && /^\d+$/u.test(text) ? Number(text) : 1;
  return Number.isSafeInteger(seed) ? seed : 1;
}
