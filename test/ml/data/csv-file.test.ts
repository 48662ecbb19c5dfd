import { describe, expect, test } from 'vitest';
import { parseCsv } from '../../../src/ml/data/csv-file.ts';
import { DatasetRefused } from '../../../src/ml/data/dataset.ts';

const parse = (text: string | Uint8Array) =>
  parseCsv({ name: 'own.csv', bytes: typeof text === 'string' ? new TextEncoder().encode(text) : text });

const five = 'x,y,label\n1,2,a\n3,4,b\n5,6,a\n7,8,b\n9,10,a\n';

test('a table has its numbers in rows, and a class for each different label', () => {
  const { shape, classes, labels, values, featureName } = parse(five);
  expect(shape).toEqual({ channels: 1, height: 1, width: 2 });
  expect(classes).toBe(2);
  expect([...labels]).toEqual([0, 1, 0, 1, 0]);
  expect([...values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(featureName(1)).toBe('column "y"');
});

test('whole numbers are ordered as numbers, names by their characters', () => {
  expect([...parse('x,label\n0,10\n0,9\n0,-1\n0,010').labels]).toEqual([2, 1, 0, 2]);
  expect([...parse('x,label\n0,b\n0,B\n0,10\n0,b').labels]).toEqual([2, 1, 0, 2]);
});

test('labels with more digits than a number keeps apart are different classes', () => {
  expect(parse('x,label\n0,9007199254740993\n0,9007199254740992').classes).toBe(2);
});

test('a row too short is told before a table of all rows is made', () => {
  const header = Array.from({ length: 4_096 }, (_, index) => `c${index}`).join(',');
  expect(() => parse(`${header},label\n${'1\n'.repeat(2_500_000)}`)).toThrow('own.csv:2: 1 fields, but the header has 4097');
});

test.each([
  ['CRLF', five.replaceAll('\n', '\r\n')],
  ['the line ends of old', five.replaceAll('\n', '\r')],
  ['a byte order mark', `\u{feff}${five}`],
  ['empty lines', `\n${five.replace('5,6', '\n\n5,6')}\n\n`],
  ['no end of line', five.trimEnd()],
  ['quotes', five.replace('x,y', '"x","y"').replace('3,4', '"3"," 4"').replaceAll(',a', ',"a"')],
  ['other forms of the same numbers', five.replace('1,2', '+1.0,.2e1').replace('9,10', '9.,1E+1')],
])('%s changes nothing', (_what, text) => {
  const { labels, values } = parse(text);
  expect([...values]).toEqual([...parse(five).values]);
  expect([...labels]).toEqual([...parse(five).labels]);
});

describe('what is wrong is said with file and line', () => {
  test.each([
    ['nothing', '', /^own\.csv: is empty; a header line was expected$/u],
    ['no rows', 'x,label\n', /^own\.csv: there are no rows; at least 2 classes/u],
    ['another last column', 'x,y\n1,2', /^own\.csv:1: the last column is called "y"; it must be "label"$/u],
    ['no features', 'label\na\nb', /^own\.csv:1: there is no column before the label$/u],
    ['a column twice', 'x,x,label\n1,2,a', /^own\.csv:1: two columns are called "x"$/u],
    ['a column without a name', 'x,,label\n1,2,a', /^own\.csv:1: a column has no name$/u],
    ['a short row', `${five}11,a\n`, /^own\.csv:7: 2 fields, but the header has 3$/u],
    ['a long row', five.replace('5,6', '5,6,7'), /^own\.csv:4: 4 fields, but the header has 3$/u],
    ['text for a number', five.replace('6', 'six'), /^own\.csv:4: column "y" holds "six", which is no number that fits$/u],
    ['a hexadecimal number', five.replace('6', '0x6'), /holds "0x6"/u],
    ['a number beyond float32', five.replace('6', '1e39'), /holds "1e39"/u],
    ['not a number', five.replace('6', 'NaN'), /holds "NaN"/u],
    ['an endless text', five.replace('6', 'z'.repeat(1_000)), /holds "z{40}…"/u],
    ['an empty field', five.replace('6', ' '), /^own\.csv:4: column "y" is empty$/u],
    ['an empty label', five.replace('6,a', '6,'), /^own\.csv:4: the label is empty$/u],
    ['one class', five.replaceAll(',b', ',a'), /^own\.csv: every label is "a"; at least 2 classes are needed$/u],
    ['an open quote', `${five}"1,2,a\n`, /^own\.csv:7: quoted field unterminated$/u],
    ['a line behind a field of two lines', 'x,"two\nlines",label\n1,2,a\n3,z,b', /^own\.csv:4: column "two\\nlines" holds "z"/u],
  ])('%s', (_what, text, words) => {
    expect(() => parse(text)).toThrow(DatasetRefused);
    expect(() => parse(text)).toThrow(words);
  });

  test('bytes that are no text', () => {
    expect(() => parse(Uint8Array.of(0x78, 0xff, 0xfe))).toThrow('own.csv: is no UTF-8 text');
  });

  test('a million columns, and too many labels', () => {
    const header = Array.from({ length: 1_000_000 }, (_, index) => `c${index}`).join(',');
    expect(() => parse(`${header},label\n`)).toThrow('own.csv:1: 1000000 columns of features are more than 4096');
    const rows = Array.from({ length: 300 }, (_, index) => `1,n${index}`).join('\n');
    expect(() => parse(`x,label\n${rows}`)).toThrow('own.csv: there are 300 different labels; at most 256 are possible');
  });
});
