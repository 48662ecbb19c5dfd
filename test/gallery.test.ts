/**
 * The gallery holds every shipped study, and what it says can be made again: quick studies are made
 * anew here on their small grids, those that train for longer in gallery.long.test.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { smallTable } from './support/small-study.ts';

const root = new URL('..', import.meta.url);
const studies = readdirSync(new URL('sims', root)).map((name) => name.replace(/\.yaml$/u, ''));

describe('the gallery', () => {
  it('has a page for each study, with its charts', () => {
    const index = readFileSync(new URL('docs/gallery/index.md', root), 'utf8');
    for (const study of studies) {
      expect(index).toContain(`(${study}/index.md)`);
      const page = readFileSync(new URL(`docs/gallery/${study}/index.md`, root), 'utf8');
      const charts = [...page.matchAll(/(?:src|srcset)="([^"]+)"/gu)].map(([, file]) => file!);
      expect(charts.length).toBeGreaterThan(0);
      for (const file of charts) expect(readFileSync(new URL(`docs/gallery/${study}/${file}`, root), 'utf8')).toMatch(/^<svg /u);
    }
  });

  const quick = ['cost-against-workers', 'recovery-against-detectors'];
  it.each(quick)('%s comes out on its small grid as it is kept, byte for byte', async (study) => {
    expect(await smallTable(study)).toBe(readFileSync(new URL(`docs/gallery/${study}/small.csv`, root), 'utf8'));
  });
});
