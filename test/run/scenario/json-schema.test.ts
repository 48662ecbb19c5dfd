import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { RoleDefinition } from '../../../src/actors/define.ts';
import { createRegistry } from '../../../src/run/registry.ts';
import { scenarioJsonSchema, scenarioJsonSchemaText } from '../../../src/run/scenario/json-schema.ts';
import { toYaml } from '../../../src/run/scenario/write.ts';
import { baseText, resolved, withFault } from './reading.ts';
import { registry } from './roles.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const check = (schema: object) => new Ajv2020({ strict: false, allErrors: true }).compile(schema);

describe('the JSON Schema of scenario files', () => {
  const accepts = check(scenarioJsonSchema(registry));

  it.each([
    ['the base', baseText],
    ['its resolved form', toYaml(resolved(baseText), registry)],
    ['a partition', withFault('{ id: a, at: 3s, partition: [{ worker: 0..9 }, rest], for: 2s }')],
  ])('accepts %s', (_what, text) => {
    accepts(parse(text));
    expect(accepts.errors ?? []).toEqual([]);
  });

  it.each([
    ['an unknown key', baseText.replace('loss:', 'los:')],
    ['a number without unit', baseText.replace('4s', '4')],
    ['an unknown role', baseText.replace('worker: 40', 'wroker: 40')],
    ['an unknown phrase', baseText.replace('one model per round', 'one model a round')],
  ])('refuses %s', (_what, text) => {
    expect(accepts(parse(text))).toBe(false);
  });
});

describe('scenario.schema.json', async () => {
  const rolesFile = `${root}src/actors/registry.ts`;
  const builtin = existsSync(rolesFile) ? ((await import(rolesFile)) as { builtinRoles: readonly RoleDefinition[] }) : undefined;
  const schemaFile = `${root}scenario.schema.json`;

  it.skipIf(builtin === undefined)('is the one that is generated now (orrery doctor --schema scenario.schema.json)', () => {
    expect(readFileSync(schemaFile, 'utf8')).toBe(scenarioJsonSchemaText(createRegistry(builtin!.builtinRoles)));
  });

  it.skipIf(builtin === undefined)('accepts every scenario that is shipped', () => {
    const accepts = check(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);
    const files = readdirSync(`${root}scenarios`, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      accepts(parse(readFileSync(`${root}scenarios/${file}`, 'utf8')));
      expect(accepts.errors ?? [], file).toEqual([]);
    }
  });
});
