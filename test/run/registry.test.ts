import { describe, expect, it } from 'vitest';
import { defineRole } from '../../src/actors/define.ts';
import { defineProtocol } from '../../src/protocols/define.ts';
import { createRegistry, RegistryClash, vocabularyOf } from '../../src/run/registry.ts';
import { registry, roles, training } from './scenario/roles.ts';

const worker = roles.find(({ name }) => name === 'worker')!;

describe('the registry', () => {
  it('joins what roles and their protocols bring', () => {
    expect([...registry.roles.keys()]).toEqual(['aggregator', 'bootstrap', 'client', 'gossiper', 'worker']);
    expect([...registry.sections.keys()]).toEqual(['training']);
    expect(registry.properties.get('an update counts once')).toMatchObject({ standing: 'invariant', owner: 'protocol training' });
    expect(registry.measures.get('accuracy')?.roundField).toBe('round');
    expect([...registry.records.keys()]).toEqual(['round-opened', 'rumour-heard', 'update-counted']);
    expect(registry.recordBounds.get('round-opened')?.({ training: { rounds: 7 } })).toEqual({ field: 'round', min: 1, max: 7 });
    expect(registry.recordBounds.get('round-opened')?.({})).toBeUndefined();
  });

  it('a vocabulary holds only what some roles bring', () => {
    const words = vocabularyOf(registry, ['gossiper']);
    expect([...words.measures.keys()]).toEqual(['reach']);
    expect(words.sections.size).toBe(0);
  });

  it.each([
    ['a role', () => [worker, defineRole({ ...worker })], /the role "worker"/u],
    [
      'a protocol',
      () => [worker, defineRole({ ...worker, name: 'other', protocols: [defineProtocol({ ...training })] })],
      /the protocol "training"/u,
    ],
    [
      'a measure',
      () => [worker, defineRole({ ...worker, name: 'other', measures: [{ ...training.measures[0]! }] })],
      /the measure "accuracy" of role other is already one of protocol training/u,
    ],
    [
      'a section',
      () => [defineRole({ ...worker, name: 'other', section: { ...training.section!, key: 'faults' } })],
      /has the name of a key of every scenario/u,
    ],
  ])('refuses %s of a name that is taken', (_what, definitions, message) => {
    expect(() => createRegistry(definitions())).toThrow(RegistryClash);
    expect(() => createRegistry(definitions())).toThrow(message);
  });
});
