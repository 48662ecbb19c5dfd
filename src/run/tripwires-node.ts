/**
 * The tripwires of Node: what a role could import from its modules beside the globals.
 *
 * host/tripwires knows no module of Node, so this side names their functions. Named imports of a
 * builtin are copies; `syncBuiltinESMExports` brings the wires to those as well, in roles that were
 * loaded before and after.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import performanceHooks from 'node:perf_hooks';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { chanceAdvice, machineAdvice, timeAdvice, timerAdvice } from '../host/ambient.ts';
import type { Wire } from '../host/ambient.ts';
import { installTripwires } from '../host/tripwires.ts';

/** Its getRandomValues is that of the global crypto, which has its wire. */
const randomFunctions = [
  'randomBytes', 'pseudoRandomBytes', 'prng', 'rng', 'randomInt', 'randomUUID', 'randomUUIDv7', 'randomFill', 'randomFillSync',
  'generateKey', 'generateKeySync', 'generateKeyPair', 'generateKeyPairSync', 'generatePrime', 'generatePrimeSync',
];
const machineFunctions = ['hostname', 'loadavg', 'freemem', 'totalmem', 'cpus', 'availableParallelism', 'networkInterfaces', 'userInfo'];
const timerFunctions = ['setTimeout', 'setInterval', 'setImmediate'];
const performanceFunctions = ['monitorEventLoopDelay', 'createHistogram', 'eventLoopUtilization'];

function wiresOf(owner: object, title: string, names: readonly string[], advice: string): Wire[] {
  return names.map((name) => ({ owner, name, api: `${title}.${name}`, advice }));
}

/** Lays the wires on the globals and on Node's modules; further calls change nothing. */
export function installNodeTripwires(): void {
  installTripwires([
    ...wiresOf(crypto, 'node:crypto', randomFunctions, chanceAdvice),
    ...wiresOf(os, 'node:os', ['uptime'], timeAdvice),
    ...wiresOf(os, 'node:os', machineFunctions, machineAdvice),
    ...wiresOf(performanceHooks, 'node:perf_hooks', performanceFunctions, timeAdvice),
    ...wiresOf(timers, 'node:timers', timerFunctions, timerAdvice),
    ...wiresOf(timersPromises, 'node:timers/promises', timerFunctions, timerAdvice),
  ]);
  syncBuiltinESMExports();
}
