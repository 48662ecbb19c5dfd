/**
 * `orrery doctor`: whether this machine can run scenarios, and what scenarios may say.
 *
 * Findings are results and go to standard output. What is required and missing makes the exit code
 * 2; a data folder is wanted only by scenarios that name its datasets.
 */
import { writeFile } from 'node:fs/promises';
import type { AdversaryDefinition } from '../../actors/adversaries/define.ts';
import { builtinAdversaries } from '../../actors/adversaries/registry.ts';
import { createRegistry } from '../../run/registry.ts';
import type { Registry } from '../../run/registry.ts';
import { scenarioJsonSchemaText } from '../../run/scenario/json-schema.ts';
import { CommandRefused } from '../command-refused.ts';
import { exitCodes } from '../exit-codes.ts';
import type { DoctorFlags, Surroundings } from '../surroundings.ts';
import { checkMachine } from './machine-checks.ts';

/** Answers `--properties` and `--schema`, or checks the machine. */
export async function doctor(flags: DoctorFlags, { terminal, engine }: Surroundings): Promise<number> {
  if (flags.properties === true || flags.schema !== undefined) {
    const registry = createRegistry((await engine()).builtinRoles);
    if (flags.properties === true) for (const line of vocabularyLines(registry)) terminal.result(line);
    if (flags.schema === true) terminal.result(scenarioJsonSchemaText(registry).trimEnd());
    if (typeof flags.schema === 'string') await writeSchema(flags.schema, registry);
    return exitCodes.pass;
  }
  const checks = await checkMachine(terminal.environment);
  for (const { name, state, words } of checks) terminal.result(`${state.padEnd(7)} ${name}: ${words}`);
  return checks.some(({ state }) => state === 'missing') ? exitCodes.invalid : exitCodes.pass;
}

async function writeSchema(file: string, registry: Registry): Promise<void> {
  try {
    await writeFile(file, scenarioJsonSchemaText(registry));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw new CommandRefused(`cannot write ${file}: ${code}`);
  }
}

/** Everything that may stand under `expect` and `at`, and the sections, a line each. */
function vocabularyLines(registry: Registry): string[] {
  const lines: string[] = [];
  const block = (title: string, items: Iterable<string>): void => {
    lines.push(`${title}:`, ...[...items].map((item) => `  ${item}`));
  };
  const properties = [...registry.properties.values()];
  const standing = (wanted: 'phrase' | 'invariant') =>
    properties
      .filter((entry) => entry.standing === wanted)
      .map(({ property, owner }) => `${property.kind}: ${property.name} (${owner})`);
  block('Phrases for expect', standing('phrase'));
  block('Invariants, which hold without being asked for', standing('invariant'));
  block('Measures for expect', [...registry.measures.values()].map(({ name, about }) => `${name}: ${about}`));
  block('Observations for at', [...registry.records].map(([kind, about]) => `${kind}: ${about}`));
  block('Sections', [...registry.sections.values()].map(({ key, about }) => `${key}: ${about}`));
  block('Adversaries for wrap', [...builtinAdversaries.values()].map(adversaryLine));
  block('Roles', [...registry.roles.values()].map(({ name, about }) => `${name}: ${about}`));
  return lines;
}

/** An adversary with whom it may wrap, what it knows and what it may be told. */
function adversaryLine({ name, about, roles, tap, reads }: AdversaryDefinition): string {
  const options = Object.keys(reads);
  const whom = roles === null ? 'any role' : roles.join(', ');
  return `${name}: ${about} (wraps ${whom}; tap: ${tap}${options.length === 0 ? '' : `; options: ${options.join(', ')}`})`;
}
