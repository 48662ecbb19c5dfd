import { Console } from 'node:console';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { step } from '../../src/host/step.ts';
import { chanceAdvice } from '../../src/host/ambient.ts';
import { guarded, installTripwires, takeSubject } from '../../src/host/tripwires.ts';
import { InvariantViolation } from '../../src/kernel/assert.ts';
import { inputOf, reactingRole, startedSnapshot } from '../support/planted-role.ts';

beforeAll(() => installTripwires());

const apis: readonly (readonly [string, () => unknown])[] = [
  ['Math.random', () => Math.random()],
  ['Date.now', () => Date.now()],
  ['new Date()', () => new Date().getTime()],
  ['Date()', () => Date()],
  ['performance.now', () => performance.now()],
  ['crypto.getRandomValues', () => crypto.getRandomValues(new Uint8Array(1))[0]],
  ['crypto.randomUUID', () => crypto.randomUUID()],
  ['setTimeout', () => clearTimeout(setTimeout(() => {}, 0))],
  ['setInterval', () => clearInterval(setInterval(() => {}, 1_000))],
  ['setImmediate', () => clearImmediate(setImmediate(() => {}))],
  ['queueMicrotask', () => queueMicrotask(() => {})],
  ['performance.timeOrigin', () => performance.timeOrigin],
  ['performance.mark', () => performance.clearMarks(performance.mark('tripwire').name)],
  ['Event.timeStamp', () => new Event('tripwire').timeStamp],
  ['process.hrtime', () => process.hrtime()],
  ['process.hrtime.bigint', () => process.hrtime.bigint()],
  ['process.uptime', () => process.uptime()],
  ['process.memoryUsage', () => process.memoryUsage()],
  ['crypto.subtle', () => crypto.subtle],
  ['crypto.subtle.digest', () => void subtle.digest('SHA-256', new Uint8Array(1))],
  ['new Date(year, month)', () => new Date(2_026, 0)],
  ['new Date(text)', () => new Date('2026-01-15T12:00')],
  ['Date.parse', () => Date.parse('15 January 2026')],
  ['Date.getTimezoneOffset', () => new Date(0).getTimezoneOffset()],
  ['Date.getHours', () => new Date(0).getHours()],
  ['Date.toString', () => String(new Date(0))],
  ['Date.toLocaleDateString', () => new Date(0).toLocaleDateString()],
  ['new Intl.DateTimeFormat', () => new Intl.DateTimeFormat().format()],
  ['Intl.NumberFormat', () => Intl.NumberFormat()],
  ['Intl.DateTimeFormat.format', () => formatter.format()],
  ['Intl.Collator.compare', () => collator.compare('a', 'b')],
  ['String.localeCompare', () => 'a'.localeCompare('b')],
  ['Number.toLocaleString', () => (1_000).toLocaleString()],
  ['BigInt.toLocaleString', () => 1_000n.toLocaleString()],
  ['Math.exp', () => Math.exp(1)],
  ['Math.pow', () => Math.pow(2, 0.5)],
  ['Math.sin', () => Math.sin(1)],
  ['Math.hypot', () => Math.hypot(3, 4)],
];

// Made outside of any step, as a role's module would make them once.
const formatter = new Intl.DateTimeFormat('en');
const collator = new Intl.Collator('en');
const subtle = crypto.subtle;

/** Steps a planted actor that uses an ambient API, and returns what came of it. */
function errorOf(use: () => unknown): unknown {
  const role = reactingRole(() => {
    use();
    return {};
  }, {}, { name: 'sly-role' });
  try {
    step(role, 'sly-role-03', startedSnapshot(role), inputOf({ type: 'TokenPassed' }));
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('an actor that reaches for ambient time or chance', () => {
  it.each(apis)('by %s is caught and named', (api, use) => {
    const error = errorOf(use);
    expect(error).toBeInstanceOf(InvariantViolation);
    expect((error as InvariantViolation).context).toEqual({ node: 'sly-role-03', role: 'sly-role', event: 'TokenPassed', api });
    const words = `${api} was used by sly-role-03 (role sly-role) while it handled TokenPassed; `;
    expect((error as InvariantViolation).message).toContain(words);
  });

  it.each(apis)('by %s is caught even if it swallows the error', (api, use) => {
    const error = errorOf(() => {
      try {
        use();
      } catch {
        // A sly actor goes on as if nothing had happened.
      }
    });
    expect((error as InvariantViolation | undefined)?.context['api']).toBe(api);
  });

  it('is told of its first offence, also when it fails by itself afterwards', () => {
    const error = errorOf(() => {
      try {
        Math.random();
      } catch {
        throw new Error('something else');
      }
    });
    expect((error as InvariantViolation).context['api']).toBe('Math.random');
  });
});

describe('an actor that goes round the wires', () => {
  it('by the constructor of a given date is caught', () => {
    const error = errorOf(() => {
      const given = new Date(0).constructor as DateConstructor;
      return new given();
    });
    expect((error as InvariantViolation | undefined)?.context['api']).toBe('new Date()');
  });
});

describe('what not every engine has', () => {
  const now: unknown = (globalThis as { Temporal?: { Now?: { instant(): unknown } } }).Temporal?.Now;
  it.skipIf(now === undefined)('Temporal.Now (skipped on engines without Temporal)', () => {
    const error = errorOf(() => (now as { instant(): unknown }).instant());
    expect((error as InvariantViolation | undefined)?.context['api']).toBe('Temporal.Now.instant');
  });

  it('can be named by the caller, once or twice, and what is not there is passed over', () => {
    class Lottery {
      static draw(): number { return 7; }
      get last(): number { return 8; }
    }
    const wires = ['draw', 'missing'].map((name) => ({ owner: Lottery, name, api: `lottery.${name}`, advice: chanceAdvice }));
    const getter = { owner: new Lottery(), name: 'last', api: 'lottery.last', advice: chanceAdvice };
    for (const _ of [1, 2]) installTripwires([...wires, getter]);
    expect(Object.hasOwn(Lottery, 'missing')).toBe(false);
    expect((errorOf(() => Lottery.draw()) as Error).message).toContain(`lottery.draw was used by sly-role-03`);
    expect((errorOf(() => new Lottery().last) as InvariantViolation).context['api']).toBe('lottery.last');
    expect([Lottery.draw(), new Lottery().last]).toEqual([7, 8]);
  });
});

describe('between steps', () => {
  it.each(apis)('%s works as ever', (_, use) => {
    errorOf(use);
    expect(use).not.toThrow();
  });

  it('gives Date and its kin their usual meaning, however often the wires were laid', () => {
    installTripwires();
    const date = new Date(2_026, 0, 15);
    expect(date).toBeInstanceOf(Date);
    expect(date.getFullYear()).toBe(2_026);
    expect(Date.parse('2026-01-15T00:00:00Z')).toBe(Date.UTC(2_026, 0, 15));
    expect(new Intl.NumberFormat('en')).toBeInstanceOf(Intl.NumberFormat);
    expect(process.hrtime()).toHaveLength(2);
    expect(Math.pow(2, 3)).toBe(8);
    expect(typeof Date()).toBe('string');
    expect(Math.abs(Date.now() - new Date().getTime())).toBeLessThan(60_000);
  });
});

describe('during a step', () => {
  it('a date of a given moment is no clock, and passes', () => {
    expect(errorOf(() => new Date(0).getTime())).toBeUndefined();
    expect(errorOf(() => new Date('2026-01-15T12:00:00.5Z').toISOString())).toBeUndefined();
    expect(errorOf(() => new Date(2_026).getUTCFullYear() + Date.UTC(2_026, 0) + Date.parse('2026-01-15'))).toBeUndefined();
  });

  it('exact arithmetic and words on a console pass', () => {
    const words = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const exact = (): number => Math.max(1, Math.sqrt(2)) + Math.round(0.5) + Math.imul(3, 4) + Math.fround(0.1);
    expect(errorOf(() => new Console(process.stdout).log('half way', { at: new Date(0) }, exact()))).toBeUndefined();
    expect(words).toHaveBeenCalledOnce();
    words.mockRestore();
  });

  it('a watchdog can take out who was stepped, which disarms the wires', () => {
    const who = { node: 'worker-00', role: 'worker', event: 'start' };
    const taken = guarded(who, () => {
      const subject = takeSubject();
      Math.random();
      return subject;
    });
    expect(taken).toEqual(who);
    expect(takeSubject()).toBeUndefined();
  });
});
