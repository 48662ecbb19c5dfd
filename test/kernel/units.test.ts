import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dimensions, readPercentage, readQuantity, writePercentage, writeQuantity } from '../../src/kernel/units.ts';

describe('quantities with units', () => {
  it.each([
    ['4s', 'duration', 4_000_000],
    ['0.1ms', 'duration', 100],
    ['1.5 s', 'duration', 1_500_000],
    ['2m', 'duration', 120_000_000],
    ['1h', 'duration', 3_600_000_000],
    ['-4s', 'shift', -4_000_000],
    ['10 Mbit/s', 'bitRate', 10_000_000],
    ['1 GiB', 'size', 1_073_741_824],
    ['-100ppm', 'rateError', -100],
    ['1 GFLOP/s', 'computeRate', 1e9],
  ] as const)('reads %s', (text, dimension, value) => {
    expect(readQuantity(text, dimensions[dimension])).toBe(value);
  });

  it.each([
    ['4', 'duration'],
    ['4 sec', 'duration'],
    ['-4s', 'duration'],
    ['0.5us', 'duration'],
    ['4e3s', 'duration'],
    ['10 mbit/s', 'bitRate'],
    ['99999999999999999h', 'duration'],
  ] as const)('refuses %s', (text, dimension) => {
    expect(readQuantity(text, dimensions[dimension])).toBeUndefined();
  });

  it('reads back every whole number that it writes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(dimensions)), fc.nat({ max: Number.MAX_SAFE_INTEGER }), (dimension, value) => {
        expect(readQuantity(writeQuantity(value, dimension), dimension)).toBe(value);
      }),
    );
  });

  it('reads back every share that it writes, bit for bit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        const value = share === 0 ? 0 : share;
        expect(readPercentage(writePercentage(value))).toBe(value);
      }),
    );
    expect(writePercentage(0.005)).toBe('0.5%');
    expect(writePercentage(0.07)).toBe('7%');
    expect(writePercentage(1)).toBe('100%');
  });

  it('writes the largest unit that keeps the number whole', () => {
    expect(writeQuantity(200_000, dimensions.duration)).toBe('200ms');
    expect(writeQuantity(1_500_000, dimensions.duration)).toBe('1500ms');
    expect(writeQuantity(0, dimensions.duration)).toBe('0us');
    expect(writeQuantity(-4_000_000, dimensions.shift)).toBe('-4s');
    expect(writeQuantity(100_000_000, dimensions.bitRate)).toBe('100 Mbit/s');
    expect(writeQuantity(1e-7, dimensions.rateError)).toBe('0.0000001ppm');
  });
});
