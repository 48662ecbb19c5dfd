/**
 * Tripwires: while a step runs, ambient time, chance and place are out of bounds.
 *
 * Tidy reads the house's own sources; a user's role is only met at run time. So what host/ambient
 * lists is wrapped once a process, and a call during a step throws with the name of the node, its
 * role, the event and the API. Between steps they work as ever. The wires see calls and no operators:
 * `2 ** 0.5` and `await` pass, which tidy and `--pure` look for.
 */
import { InvariantViolation } from '../kernel/assert.ts';
import { ambientWires, placeAdvice, timeAdvice } from './ambient.ts';
import type { Wire } from './ambient.ts';

/** Who is being stepped. */
export interface StepSubject {
  node: string;
  role: string;
  event: string;
}

let subject: StepSubject | undefined;
let tripped: InvariantViolation | undefined;
let installed = false;
/** Functions that carry a wire. */
const wired = new WeakSet<object>();

function trip(api: string, advice: string): void {
  if (subject === undefined) return;
  const { node, role, event } = subject;
  tripped ??= new InvariantViolation(
    `${api} was used by ${node} (role ${role}) while it handled ${event}; ${advice}`,
    { node, role, event, api },
  );
  throw tripped;
}

type AnyFunction = (this: unknown, ...parameters: unknown[]) => unknown;

/** A stand-in that trips first; a proxy, so that whatever hangs on a function stays on it. */
function wiredFunction(original: AnyFunction, { api, advice }: Wire): AnyFunction {
  if (wired.has(original)) return original;
  const proxy: AnyFunction = new Proxy(original, {
    apply(target, self, parameters) {
      trip(api, advice);
      return Reflect.apply(target, self, parameters);
    },
    construct(target, parameters, newTarget) {
      trip(`new ${api}`, advice);
      return Reflect.construct(target, parameters, newTarget === proxy ? target : newTarget) as object;
    },
  });
  wired.add(proxy);
  return proxy;
}

/** Lays one wire; nothing happens where the engine has no such function, or does not let it be replaced. */
function lay(wire: Wire): void {
  let owner: object | null = wire.owner;
  while (owner !== null && !Object.hasOwn(owner, wire.name)) owner = Reflect.getPrototypeOf(owner);
  if (owner === null) return;
  const descriptor = Reflect.getOwnPropertyDescriptor(owner, wire.name)!;
  if (descriptor.configurable !== true) return;
  if (descriptor.get !== undefined) {
    Object.defineProperty(owner, wire.name, { ...descriptor, get: wiredFunction(descriptor.get as AnyFunction, wire) });
  } else if (typeof descriptor.value === 'function') {
    const original = descriptor.value as AnyFunction & { prototype?: object };
    const replacement = wiredFunction(original, wire);
    Object.defineProperty(owner, wire.name, { ...descriptor, value: replacement });
    leadBack(original.prototype, original, replacement);
  }
}

/** An instance leads to its constructor, which must be the wired one as well. */
function leadBack(prototype: object | undefined, original: unknown, replacement: unknown): void {
  if (prototype === undefined || Reflect.get(prototype, 'constructor') !== original) return;
  Object.defineProperty(prototype, 'constructor', { value: replacement, configurable: true, writable: true });
}

/** A text that means one moment everywhere: an ISO date, or date and time with a zone. */
const zonedDate = /^[+-]?\d{4,6}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?$/u;

function tripUnlessZoned(text: unknown, api: string): void {
  if (typeof text === 'string' && !zonedDate.test(text)) trip(api, placeAdvice);
}

/** Dates of a given moment are plain values and pass; what reads a clock or a time zone does not. */
function wireDate(): void {
  const RealDate = globalThis.Date;
  const parse = RealDate.parse;
  RealDate.parse = (text) => {
    tripUnlessZoned(text, 'Date.parse');
    return parse(text);
  };
  const wiredDate = new Proxy(RealDate, {
    construct(target, parameters, newTarget) {
      if (parameters.length === 0) trip('new Date()', timeAdvice);
      if (parameters.length > 1) trip('new Date(year, month)', placeAdvice);
      tripUnlessZoned(parameters[0], 'new Date(text)');
      return Reflect.construct(target, parameters, newTarget) as object;
    },
    apply(target, self, parameters) {
      trip('Date()', timeAdvice);
      return Reflect.apply(target, self, parameters) as unknown;
    },
  });
  globalThis.Date = wiredDate;
  leadBack(RealDate.prototype, RealDate, wiredDate);
}

/**
 * Lays the wires on the globals, once a process, and on what the caller names besides: functions of
 * modules that only it can import. Whatever carries a wire already is left as it is.
 */
export function installTripwires(further: readonly Wire[] = []): void {
  if (!installed) {
    installed = true;
    for (const wire of ambientWires()) lay(wire);
    wireDate();
  }
  for (const wire of further) lay(wire);
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
