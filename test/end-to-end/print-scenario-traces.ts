/**
 * A program: runs every scenario that ships, with the surrogate where it trains, and prints one line a
 * run. It is run under several versions of Node, whose lines must be equal.
 */
import { scenarioFiles, verdictOf } from '../support/shipped-scenarios.ts';

for (const file of scenarioFiles('scenarios/**/*.yaml', 'examples/**/*.yaml')) {
  const { trace, modelHash, events } = await verdictOf(file, 1, 'surrogate');
  process.stdout.write(`${file} ${trace} ${String(modelHash)} ${events}\n`);
}
