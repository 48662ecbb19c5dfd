import { describe, expect, it } from 'vitest';
import { editDistance, nearestWord } from '../../../src/run/scenario/nearest-word.ts';

describe('nearest word', () => {
  it.each([
    ['kill', 'kill', 0],
    ['kil', 'kill', 1],
    ['wroker', 'worker', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
    ['ca', 'abc', 3],
  ])('%s and %s are %i edits apart', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });

  it('names the nearest candidate, or none when nothing is near', () => {
    expect(nearestWord('datset', ['rounds', 'dataset', 'model'])).toBe('dataset');
    expect(nearestWord('Loss', ['loss', 'boss'])).toBe('loss');
    expect(nearestWord('zebra', ['dataset', 'roundTimeout'])).toBeUndefined();
    expect(nearestWord('anything', [])).toBeUndefined();
  });
});
