/** Every shipped study, made anew on its small grid and compared with the gallery, byte for byte. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { smallTable } from './support/small-study.ts';

const root = new URL('..', import.meta.url);
const studies = readdirSync(new URL('sims', root)).map((name) => name.replace(/\.yaml$/u, ''));

it.each(studies)('%s', async (study) => {
  expect(await smallTable(study)).toBe(readFileSync(new URL(`docs/gallery/${study}/small.csv`, root), 'utf8'));
});
