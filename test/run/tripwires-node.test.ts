import crypto, { randomBytes, randomInt, randomUUID, webcrypto } from 'node:crypto';
import { freemem, uptime } from 'node:os';
import { performance as hooked } from 'node:perf_hooks';
import { hrtime } from 'node:process';
import { setTimeout as later } from 'node:timers';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { step } from '../../src/host/step.ts';
import { InvariantViolation } from '../../src/kernel/assert.ts';
import { installNodeTripwires } from '../../src/run/tripwires-node.ts';
import { inputOf, reactingRole, startedSnapshot } from '../support/planted-role.ts';

beforeAll(() => {
  installNodeTripwires();
  installNodeTripwires();
});

/** Imports by name stand for a role's own: they were bound before the wires were laid. */
const apis: readonly (readonly [string, () => unknown])[] = [
  ['node:crypto.randomBytes', () => randomBytes(1)],
  ['node:crypto.randomBytes', () => crypto.randomBytes(1)],
  ['node:crypto.randomInt', () => randomInt(7)],
  ['node:crypto.randomUUID', () => randomUUID()],
  ['crypto.getRandomValues', () => crypto.getRandomValues(new Uint8Array(1))],
  ['crypto.getRandomValues', () => webcrypto.getRandomValues(new Uint8Array(1))],
  ['node:os.uptime', () => uptime()],
  ['node:os.freemem', () => freemem()],
  ['performance.now', () => hooked.now()],
  ['process.hrtime', () => hrtime()],
  ['process.hrtime.bigint', () => hrtime.bigint()],
  ['node:timers.setTimeout', () => clearTimeout(later(() => {}, 0))],
  ['node:timers/promises.setTimeout', () => void wait(0)],
];

describe('a role that imports modules of Node', () => {
  it.each(apis)('is caught and named by %s', (api, use) => {
    const role = reactingRole(() => (use(), {}), {}, { name: 'importing-role' });
    const before = startedSnapshot(role);
    const context = { node: 'importing-role-02', role: 'importing-role', event: 'TokenPassed', api };
    const take = (): unknown => step(role, 'importing-role-02', before, inputOf({ type: 'TokenPassed' }));
    expect(take).toThrow(InvariantViolation);
    expect(take).toThrow(expect.objectContaining({ context }));
  });

  it.each(apis)('finds %s as ever between steps', (_, use) => {
    expect(use).not.toThrow();
  });

  it('finds what hangs on a function still on it', async () => {
    expect(await promisify(later)(0, 'waited')).toBe('waited');
    expect(await promisify(globalThis.setTimeout)(0, 'waited')).toBe('waited');
  });
});
