import { describe, expect, it } from 'vitest';
import { assert, assertInteger, InvariantViolation, present, unreachable } from '../../src/kernel/assert.ts';

describe('an assertion', () => {
  it('passes what holds', () => {
    expect(() => assert(1, 'one is true')).not.toThrow();
    expect(present(0, 'a number')).toBe(0);
    expect(present('', 'a text')).toBe('');
    expect(assertInteger(3, 'rounds', 3, 3)).toBe(3);
  });

  it('fails with its sentence and with who was at work', () => {
    const fail = () => assert(false, 'water is dry', { node: 'worker-00', round: 3 });
    expect(fail).toThrow(InvariantViolation);
    const context = { node: 'worker-00', round: 3 };
    expect(fail).toThrow(expect.objectContaining({ name: 'InvariantViolation', message: 'water is dry', context }));
    expect(() => assert(undefined, 'nothing')).toThrow(expect.objectContaining({ context: {} }));
  });

  it.each([2, 5, 3.5, NaN, '3' as never])('on integers in [3, 4] fails for %s', (value) => {
    expect(() => assertInteger(value, 'rounds', 3, 4)).toThrow(`"rounds" expected an integer in [3, 4], got ${value}`);
  });

  it.each([undefined, null])('on presence fails for %s', (value) => {
    expect(() => present(value, 'the model')).toThrow('the model is missing');
  });

  it('marks what cannot be reached', () => {
    expect(() => unreachable('left' as never, 'side')).toThrow('unreachable side: left');
  });

  it('is known by its name across copies of the class', () => {
    expect(InvariantViolation.name).toBe('InvariantViolation');
    expect(new InvariantViolation('x')).toBeInstanceOf(Error);
  });
});
