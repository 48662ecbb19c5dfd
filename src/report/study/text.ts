/** The results of a study on a terminal: a line for each cell. */
import { cellText } from '../../run/study/grid.ts';
import type { Cell } from '../../run/study/grid.ts';
import type { CellEstimate, StudySummary } from '../../run/study/summary.ts';
import { estimateText } from './numbers.ts';

/** `rule=krum liars=8: accuracy 0.853 ± 0.012 · passed 1` */
export function cellLines({ plan, estimates }: StudySummary): string[] {
  const byCell = new Map<Cell, string[]>(plan.cells.map((cell) => [cell, []]));
  for (const estimate of estimates) byCell.get(estimate.cell)!.push(measureText(estimate));
  return [...byCell].map(([cell, texts]) => `${cellText(cell)}: ${texts.join(' · ')}`);
}

function measureText({ measure: { column, unit, isShare }, estimate, missing, failed }: CellEstimate): string {
  const figure = `${column} ${estimateText(estimate, isShare)}${unit === '' || isShare || unit === 'share' ? '' : ` ${unit}`}`;
  const notes = [...(missing > 0 ? [`${missing} never`] : []), ...(failed > 0 ? [`${failed} failed`] : [])];
  return notes.length === 0 ? figure : `${figure} (${notes.join(', ')})`;
}
