/** A figure: what was measured of something, and how it spread. */
import type { Spread } from './spread.ts';

export interface Figure {
  readonly name: string;
  /** What was measured, such as `wall`. */
  readonly what: string;
  readonly unit: string;
  readonly digits: number;
  readonly spread: Spread;
}

export interface FigureSource {
  readonly name: string;
  readonly take: (repeat: number) => Promise<readonly Figure[]>;
}
