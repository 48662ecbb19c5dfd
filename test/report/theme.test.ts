/** The colours of reports: every text can be read against every ground (WCAG 2.2, contrast minimum). */
import { describe, expect, it } from 'vitest';
import { colourOf, themeDeclarations, withColours } from '../../src/report/theme.ts';
import type { ColourName, ThemeName } from '../../src/report/theme.ts';
import { contrastOf } from './contrast.ts';

const texts: readonly ColourName[] = ['ink', 'quiet', 'link', 'good', 'bad', 'alert'];
const grounds: readonly ColourName[] = ['ground', 'panel'];
const themes: readonly ThemeName[] = ['light', 'dark'];

describe('contrast', () => {
  it.each(themes.flatMap((theme) => grounds.flatMap((ground) => texts.map((text) => [text, ground, theme] as const))))(
    '%s on %s in %s is at least 4.5 : 1',
    (text, ground, theme) => {
      expect(contrastOf(colourOf(text, theme), colourOf(ground, theme))).toBeGreaterThanOrEqual(4.5);
    },
  );

  it('is that of the standard for black, white and a grey', () => {
    expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.478, 3);
  });
});

it('stands in a style sheet by name, and takes the place of the name in a file', () => {
  expect(themeDeclarations('dark')).toContain('--ground: #14171c;');
  expect(withColours('<path fill="var(--bad)" stroke="var(--unknown)"/>', 'light')).toBe('<path fill="#b34700" stroke="var(--unknown)"/>');
});
