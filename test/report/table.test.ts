/** Tables as CSV and as records. */
import { fc } from '@fast-check/vitest';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { csvOf, recordsOf, tableOf } from '../../src/report/table.ts';

const looksLikeFormula = (cell: unknown): boolean => typeof cell === 'string' && /^(?:[=@\t\r]|[+-](?![\d.]+$))/u.test(cell);

describe('a table as CSV', () => {
  it('quotes what must be quoted, and leaves null empty', () => {
    const table = { columns: ['name', 'share, of all'], rows: [['say "so"', 0.5], ['two\nlines', null], ['plain', true]] };
    expect(csvOf(table)).toBe('name,"share, of all"\r\n"say ""so""",0.5\r\n"two\nlines",\r\nplain,true\r\n');
  });

  it('is one line where there are no rows', () => {
    expect(csvOf({ columns: ['round', 'value'], rows: [] })).toBe('round,value\r\n');
  });

  it('refuses a row that has not a cell for each column', () => {
    expect(() => csvOf({ columns: ['a', 'b'], rows: [[1]] })).toThrow('a cell for each column');
  });

  it('says the same when it is read again', () => {
    const cells = fc.tuple(fc.string(), fc.integer(), fc.string());
    fc.assert(fc.property(fc.array(cells, { minLength: 1 }), (rows) => {
      const text = csvOf({ columns: ['first', 'second', 'third'], rows });
      expect(text.endsWith('\r\n')).toBe(true);
      const { data } = Papa.parse<string[]>(text.slice(0, -2), { newline: '\r\n' });
      expect(data.slice(1)).toEqual(rows.map((row) => row.map((cell) => (looksLikeFormula(cell) ? `'${cell}` : String(cell)))));
    }));
  });

  it('keeps empty rows and blanks at its end', () => {
    expect(csvOf({ columns: ['a'], rows: [[1], [null]] })).toBe('a\r\n1\r\n\r\n');
    expect(csvOf({ columns: ['a'], rows: [['tab\t']] })).toBe('a\r\ntab\t\r\n');
  });

  it.each([
    ['=1+1', `"'=1+1"`], ['@SUM(A1)', `"'@SUM(A1)"`], ['+cmd', `"'+cmd"`], ['-1+cmd', `"'-1+cmd"`],
    ['-1.5', '-1.5'], ['a=1', 'a=1'], [-2, '-2'],
  ])('lets no spreadsheet compute %s', (cell, written) => {
    expect(csvOf({ columns: ['a'], rows: [[cell]] })).toBe(`a\r\n${written}\r\n`);
  });
});

describe('a table of records', () => {
  it('has null where a record lacks a column, and gives the records back', () => {
    const table = tableOf(['round', 'value'], [{ round: 1, value: 0.5 }, { round: 2 }]);
    expect(table.rows).toEqual([[1, 0.5], [2, null]]);
    expect(recordsOf(table)).toEqual([{ round: 1, value: 0.5 }, { round: 2, value: null }]);
  });
});
