/**
 * measures.csv: the numbers of a run by round, as comma-separated values (RFC 4180, LF line ends).
 *
 * The columns are round, at (µs), node, and one for each measure. Values of one round stand on one
 * line as long as they follow one another; a cell that is already taken, or another round, begins a
 * new line, so that nothing is averaged or thrown away and only one line is ever held.
 */
import type { Observation } from '../../kernel/properties.ts';
import type { MeasureSource } from '../../judge/measures.ts';
import { BatchFile } from './batch-file.ts';

interface Row {
  readonly round: number | undefined;
  at: number;
  readonly nodes: Set<string>;
  readonly cells: (number | undefined)[];
}

export class MeasuresTable {
  readonly #file: BatchFile;
  readonly #columns: number;
  readonly #columnsByKind = new Map<string, { readonly measure: MeasureSource; readonly column: number }[]>();
  #row: Row | undefined;

  constructor(path: string, measures: readonly MeasureSource[]) {
    this.#file = new BatchFile(path);
    this.#columns = measures.length;
    measures.forEach((measure, column) => {
      const columns = this.#columnsByKind.get(measure.kind) ?? [];
      columns.push({ measure, column });
      this.#columnsByKind.set(measure.kind, columns);
    });
    this.#file.appendText(`${['round', 'at', 'node', ...measures.map(({ name }) => name)].map(quoted).join(',')}\n`);
  }

  /** Takes an observation; adversaries' numbers and kinds that carry no measure are passed over. */
  observe(observation: Observation): void {
    const columns = this.#columnsByKind.get(observation.kind);
    if (columns === undefined || !observation.honest) return;
    for (const { measure, column } of columns) {
      const value = observation.data[measure.field];
      if (typeof value !== 'number') continue;
      const round = measure.roundField === undefined ? undefined : observation.data[measure.roundField];
      this.#place(observation, column, value, typeof round === 'number' ? round : undefined);
    }
  }

  #place(observation: Observation, column: number, value: number, round: number | undefined): void {
    const row = this.#row;
    const fits = row !== undefined && row.round === round && row.cells[column] === undefined;
    const sameMoment = row !== undefined && row.at === observation.at && row.nodes.has(observation.node);
    // Without a round only what one node said at one moment belongs together.
    if (!fits || (round === undefined && !sameMoment)) {
      this.#writeRow();
      this.#row = { round, at: observation.at, nodes: new Set(), cells: Array.from({ length: this.#columns }) };
    }
    this.#row!.at = observation.at;
    this.#row!.nodes.add(observation.node);
    this.#row!.cells[column] = value;
  }

  #writeRow(): void {
    const row = this.#row;
    if (row === undefined) return;
    const cells = [row.round, row.at, [...row.nodes].join(' '), ...row.cells];
    this.#file.appendText(`${cells.map((cell) => quoted(String(cell ?? ''))).join(',')}\n`);
    this.#row = undefined;
  }

  close(): void {
    this.#writeRow();
    this.#file.close();
  }

  abandon(): void {
    this.#file.abandon();
  }
}

function quoted(text: string): string {
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
