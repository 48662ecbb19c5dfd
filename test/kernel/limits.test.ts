import { describe, expect, it } from 'vitest';
import { limits } from '../../src/kernel/limits.ts';
import { TaskRefused } from '../../src/kernel/tasks.ts';

describe('the table of limits', () => {
  it.each(Object.entries(limits))('%s is a whole number above 0', (_, limit) => {
    expect(Number.isSafeInteger(limit) && limit > 0).toBe(true);
  });

  it('keeps what fits into one another in proportion', () => {
    expect(limits.inlineValueBytesMax).toBeLessThan(limits.frameBytesMax);
    expect(limits.blobBytesMax).toBeLessThan(limits.blobBytesResidentMax);
    expect(limits.blobBytesBeforeCollection).toBeLessThan(limits.blobBytesResidentMax);
    // Two generations of occurrence counts share the limit.
    expect(limits.occurrenceKeysMax % 2).toBe(0);
  });
});

describe('a refused task', () => {
  it('is an operating error that is told from a bug by its class', () => {
    const refusal = new TaskRefused('an empty shard');
    expect(refusal).toBeInstanceOf(Error);
    expect([TaskRefused.name, refusal.name, refusal.message]).toEqual(['TaskRefused', 'TaskRefused', 'an empty shard']);
  });
});
