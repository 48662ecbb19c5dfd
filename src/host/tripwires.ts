/**
 * Tripwires: while a step runs, ambient time and chance are out of bounds.
 *
 * Tidy reads the house's own sources; a user's role is only met at run time. So the globals are
 * wrapped once a process, and a call during a step throws with the name of the node, its role, the
 * event and the API. Between steps they work as ever.
 */
import { InvariantViolation } from '../kernel/assert.ts';

/** Who is being stepped. */
export interface StepSubject {
  node: string;
  role: string;
  event: string;
}

let subject: StepSubject | undefined;
let tripped: InvariantViolation | undefined;
let installed = false;

function trip(api: string, instead: string): void {
  if (subject === undefined) return;
  const { node, role, event } = subject;
  tripped ??= new InvariantViolation(
    `${api} was used by ${node} (role ${role}) while it handled ${event}; an actor learns ${instead}`,
    { node, role, event, api },
  );
  throw tripped;
}

type AnyFunction = (...parameters: unknown[]) => unknown;

function wrapMethod(owner: object, name: string, api: string, instead: string): void {
  const original = Reflect.get(owner, name) as AnyFunction | undefined;
  if (typeof original !== 'function') return;
  const wrapped: AnyFunction = function (this: unknown, ...parameters) {
    trip(api, instead);
    return Reflect.apply(original, this, parameters);
  };
  Object.defineProperty(owner, name, { value: wrapped, configurable: true, writable: true, enumerable: false });
}

/** Wraps the globals; further calls do nothing. */
export function installTripwires(): void {
  if (installed) return;
  installed = true;
  const time = 'the time from its stamp (event.at, event.mono)';
  const chance = 'chance from its dice (choose, uniform, expand)';
  const timers = 'of passing time through the `after` of its chart';
  const RealDate = globalThis.Date;
  globalThis.Date = new Proxy(RealDate, {
    construct(target, parameters, newTarget) {
      if (parameters.length === 0) trip('new Date()', time);
      return Reflect.construct(target, parameters, newTarget) as object;
    },
    apply(target, self, parameters) {
      trip('Date()', time);
      return Reflect.apply(target, self, parameters) as unknown;
    },
  });
  // Any date leads back to its constructor, which must be the wired one as well.
  Object.defineProperty(RealDate.prototype, 'constructor', { value: globalThis.Date, configurable: true, writable: true });
  wrapMethod(RealDate, 'now', 'Date.now', time);
  wrapMethod(Math, 'random', 'Math.random', chance);
  wrapMethod(globalThis.performance, 'now', 'performance.now', time);
  wrapMethod(globalThis.crypto, 'getRandomValues', 'crypto.getRandomValues', chance);
  wrapMethod(globalThis.crypto, 'randomUUID', 'crypto.randomUUID', chance);
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']) {
    wrapMethod(globalThis, name, name, timers);
  }
}

/**
 * Who was being stepped when a watchdog ended the step, and disarms the wires: no `finally` runs
 * when execution is terminated.
 */
export function takeSubject(): StepSubject | undefined {
  const last = subject === undefined ? undefined : { ...subject };
  subject = undefined;
  return last;
}

/** Runs `step` with the tripwires armed for `who`. A trip is thrown even if the actor caught it. */
export function guarded<T>(who: StepSubject, step: () => T): T {
  subject = who;
  tripped = undefined;
  try {
    const result = step();
    if (tripped !== undefined) throw tripped;
    return result;
  } catch (error) {
    throw tripped ?? error;
  } finally {
    subject = undefined;
  }
}
