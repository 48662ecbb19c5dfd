/**
 * What is ambient: the globals that tell an actor a time, a chance or a place.
 *
 * A list of wires and nothing else; host/tripwires lays them. It names what every engine has; the
 * modules of Node are added by whoever runs in Node (run/tripwires-node). Not on it is what Node's
 * own console needs (process.nextTick, process.env), so that a role can be looked at while it runs.
 */

/** One function or getter that no actor may use. */
export interface Wire {
  /** The object that has it, itself or by its prototypes. */
  readonly owner: object;
  readonly name: string;
  /** What a finding calls it. */
  readonly api: string;
  /** What a finding says besides: why not, and what to use. */
  readonly advice: string;
}

export const timeAdvice = 'an actor learns the time from its stamp (event.at, event.mono)';
export const chanceAdvice = 'an actor learns chance from its dice (choose, uniform, expand)';
export const timerAdvice = 'an actor learns of passing time through the `after` of its chart';
export const machineAdvice = 'it differs between machines, and an actor knows its configuration and its events only';
export const placeAdvice = 'it follows the locale or time zone of a machine, and an actor runs alike on all of them';
const mathAdvice = 'its last bits differ between engines, and kernel/arithmetic has exp, log, pow, sin and cos';

/** The functions of Math that IEEE 754 or ECMAScript define to the last bit. */
const exactMath = new Set(['abs', 'min', 'max', 'floor', 'ceil', 'trunc', 'round', 'sign', 'sqrt', 'fround', 'imul', 'clz32']);

/** What a process says of itself and its machine. */
const processMeters = ['cpuUsage', 'threadCpuUsage', 'resourceUsage', 'memoryUsage', 'availableMemory', 'constrainedMemory', 'cwd'];

/** The names of `owner`'s own functions and getters. */
function ownCalls(owner: object): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(owner))
    .filter(([name, { value, get }]) => name !== 'constructor' && (typeof value === 'function' || get !== undefined))
    .map(([name]) => name);
}

/** Wires on every function and getter of an object; none where the engine does not have the object. */
function wiresOnAll(owner: unknown, title: string, advice: string): Wire[] {
  if (owner === null || (typeof owner !== 'object' && typeof owner !== 'function')) return [];
  return ownCalls(owner).map((name) => ({ owner, name, api: `${title}.${name}`, advice }));
}

/** Wires on some functions or getters, wherever on the chain of prototypes they stand. */
function wiresOn(owner: unknown, title: string, names: readonly string[], advice: string): Wire[] {
  if (owner === null || (typeof owner !== 'object' && typeof owner !== 'function')) return [];
  return names.map((name) => ({ owner, name, api: title === '' ? name : `${title}.${name}`, advice }));
}

/** A global, or a part of one, by its path; undefined where the engine has none. */
function globalAt(...path: readonly string[]): unknown {
  let found: unknown = globalThis;
  for (const name of path) found = found === undefined || found === null ? undefined : Reflect.get(found as object, name);
  return found;
}

/** The methods of a date that read it by the clock on this machine's wall, or put it into local words. */
function localDateMethods(): string[] {
  const exact = /UTC|ISO|JSON|GMT|Temporal|valueOf|^[gs]etTime$/u;
  return ownCalls(Date.prototype).filter((name) => !exact.test(name));
}

function intlWires(): Wire[] {
  const intl = globalAt('Intl');
  if (typeof intl !== 'object' || intl === null) return [];
  return Object.getOwnPropertyNames(intl).flatMap((name) => {
    const found: unknown = Reflect.get(intl, name);
    if (typeof found !== 'function') return [];
    const wire: Wire = { owner: intl, name, api: `Intl.${name}`, advice: placeAdvice };
    return [wire, ...wiresOnAll(found.prototype, `Intl.${name}`, placeAdvice)];
  });
}

function localeWires(): Wire[] {
  const local = ['toLocaleString', 'toLocaleLowerCase', 'toLocaleUpperCase', 'localeCompare'];
  return ['String', 'Number', 'BigInt', 'Array'].flatMap((type) => {
    const owner = globalAt(type, 'prototype') as object;
    return wiresOn(owner, type, local.filter((name) => Object.hasOwn(owner, name)), placeAdvice);
  });
}

/** Every wire on the globals but those on Date itself, which is constructed as well as called. */
export function ambientWires(): Wire[] {
  const mathematics = globalAt('Math') as object;
  const inexact = ownCalls(mathematics).filter((name) => name !== 'random' && !exactMath.has(name));
  return [
    ...wiresOn(Date, 'Date', ['now'], timeAdvice),
    ...wiresOn(Date.prototype, 'Date', localDateMethods(), placeAdvice),
    ...wiresOn(mathematics, 'Math', ['random'], chanceAdvice),
    ...wiresOn(mathematics, 'Math', inexact, mathAdvice),
    ...wiresOnAll(globalAt('Performance', 'prototype'), 'performance', timeAdvice),
    ...wiresOn(globalAt('performance'), 'performance', ['now', 'timeOrigin'], timeAdvice),
    ...wiresOn(globalAt('Event', 'prototype'), 'Event', ['timeStamp'], timeAdvice),
    ...wiresOnAll(globalAt('Temporal', 'Now'), 'Temporal.Now', timeAdvice),
    ...wiresOnAll(globalAt('Crypto', 'prototype'), 'crypto', chanceAdvice),
    ...wiresOnAll(globalAt('SubtleCrypto', 'prototype'), 'crypto.subtle', chanceAdvice),
    ...wiresOn(globalAt('process', 'hrtime'), 'process.hrtime', ['bigint'], timeAdvice),
    ...wiresOn(globalAt('process'), 'process', ['hrtime', 'uptime'], timeAdvice),
    ...wiresOn(globalAt('process'), 'process', processMeters, machineAdvice),
    ...wiresOn(globalThis, '', ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'], timerAdvice),
    ...intlWires(),
    ...localeWires(),
  ];
}
