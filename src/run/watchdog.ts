/**
 * A watchdog for steps that never end: `while (true)` in a role would hang the loop for ever.
 *
 * The loop runs synchronously, so only another thread can stop it; node:vm has one. A slice of the
 * loop lasts about 20 ms, so a slice that runs into this limit is stuck in one step.
 */
import { Script } from 'node:vm';
import { InvariantViolation } from '../kernel/assert.ts';
import { takeSubject } from '../host/tripwires.ts';

/** How long one slice of the loop may run before its step counts as stuck. */
export const stuckSecondsMax = 30;

const slot = Symbol.for('orrery.watched');
const call = new Script(`globalThis[Symbol.for('orrery.watched')]()`);

/** Runs `run` to its end, or throws an `InvariantViolation` that names the step in which it was stuck. */
export function watched<T>(run: () => T, secondsMax = stuckSecondsMax): T {
  (globalThis as unknown as Record<symbol, unknown>)[slot] = run;
  try {
    return call.runInThisContext({ timeout: secondsMax * 1_000 }) as T;
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    const { node, role, event } = takeSubject() ?? { node: '', role: '', event: '' };
    const who = node === '' ? 'the loop itself' : `${node} (role ${role}) on the event ${event}`;
    throw new InvariantViolation(`a step did not end within ${secondsMax} s: ${who}`, { node, role, event });
  } finally {
    delete (globalThis as unknown as Record<symbol, unknown>)[slot];
  }
}
