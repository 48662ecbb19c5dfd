/**
 * JSON Schema (draft 2020-12) of scenario files, for editors: completion, descriptions, red lines.
 *
 * Generated from the schema that Orrery itself decodes by. It knows keys, units and names; what
 * words mean together (a selector that matches nothing) only Orrery says.
 */
import * as Schema from 'effect/Schema';
import type { Registry } from '../registry.ts';
import { scenarioSchema } from './words.ts';

/** The schema document as plain data. */
export function scenarioJsonSchema(registry: Registry): Record<string, unknown> {
  const { schema, definitions } = Schema.toJsonSchemaDocument(scenarioSchema(registry), { onExcessProperty: 'error' });
  const named = Object.keys(definitions).length === 0 ? {} : { $defs: definitions };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Orrery scenario',
    ...schema,
    ...named,
  };
}

/** The text of scenario.schema.json. */
export function scenarioJsonSchemaText(registry: Registry): string {
  return `${JSON.stringify(scenarioJsonSchema(registry), null, 2)}\n`;
}
