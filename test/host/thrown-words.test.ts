import { describe, expect, it } from 'vitest';
import { placeOfThrown, wordsOfThrown } from '../../src/host/thrown-words.ts';

/** An error with a stack of these lines. */
function withStack(...lines: readonly string[]): Error {
  return Object.assign(new TypeError('mine'), { stack: ['TypeError: mine', ...lines].join('\n') });
}

describe('words of what was thrown', () => {
  it.each([
    [new TypeError('one\r\n  two\u2028three'), 'TypeError: one two three'],
    ['text', 'thrown: text'],
    [undefined, 'thrown: undefined'],
    [Symbol('odd'), 'thrown: Symbol(odd)'],
  ])('are one line: %s', (thrown, words) => {
    expect(wordsOfThrown(thrown)).toBe(words);
  });
});

describe('the place of what was thrown', () => {
  const stack = withStack(
    'evalmachine.<anonymous>:1',
    '    at Array.map (<anonymous>)',
    '    at check (file:///orrery/src/kernel/assert.ts:3:9)',
    '    at decide (file:///projects/my%20roles/echo.ts?version=1:12:5)',
    '    at Object.resolve (/projects/node_modules/xstate/raise.js:7:1)',
    '    at step (file:///orrery/src/host/step.ts:90:1)',
    '    at async main (file:///projects/main.ts:1:1)',
  );

  it('is the first frame in a file', () => {
    expect(placeOfThrown(stack)).toBe(' at assert.ts:3:9');
    expect(placeOfThrown(withStack('    at C:\\roles\\echo.ts:4:2'))).toBe(' at echo.ts:4:2');
  });

  it('is the first frame that is admitted, and none of the caller', () => {
    const outside = { admits: (file: string) => !file.includes('/orrery/'), until: '/src/host/step.ts' };
    expect(placeOfThrown(stack, outside)).toBe(' at echo.ts:12:5');
    expect(placeOfThrown(stack, { ...outside, admits: (file) => file.endsWith('main.ts') })).toBe('');
  });

  it.each([withStack('    at <anonymous>', '    at node:vm:1:1'), Object.assign(new Error('x'), { stack: 5 }), 'text'])(
    'is nothing where no frame names a file',
    (thrown) => expect(placeOfThrown(thrown)).toBe(''),
  );
});
