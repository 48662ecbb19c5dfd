import { beforeAll, describe, expect, it } from 'vitest';
import { step } from '../../src/host/step.ts';
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
];

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
    expect((error as InvariantViolation).message).toContain(`${api} was used by sly-role-03 (role sly-role) while it handled TokenPassed`);
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
    expect(typeof Date()).toBe('string');
    expect(Math.abs(Date.now() - new Date().getTime())).toBeLessThan(60_000);
  });
});

describe('during a step', () => {
  it('a date of a given moment is no clock, and passes', () => {
    expect(errorOf(() => new Date(0).getTime())).toBeUndefined();
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
