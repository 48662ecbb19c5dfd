/**
 * Everything that roles bring with them, by name.
 *
 * Roles and their protocols contribute sections, observation kinds, phrases, invariants, measures
 * and tasks; a scenario may speak of whatever stands here and of nothing else. A registry of the
 * roles that a scenario uses is that scenario's vocabulary. Nothing is registered by import: the
 * caller passes the roles.
 */
import type { RoleDefinition } from '../actors/define.ts';
import type { ValueMap } from '../kernel/codec.ts';
import type { Property } from '../kernel/properties.ts';
import type { TaskDefinition } from '../kernel/tasks.ts';
import type { Measure, ProtocolDefinition, SectionDefinition } from '../protocols/define.ts';

export interface RegisteredProperty {
  readonly property: Property;
  /** An invariant holds wherever its owner is in use; a phrase only where a scenario asks for it. */
  readonly standing: 'invariant' | 'phrase';
  /** The protocol or role that promises it. */
  readonly owner: string;
}

/** Between which values a counting field of an observation lies, once the sections are known. */
export interface RecordBound {
  readonly field: string;
  readonly min: number;
  readonly max: number;
}

export interface Registry {
  readonly roles: ReadonlyMap<string, RoleDefinition>;
  readonly protocols: ReadonlyMap<string, ProtocolDefinition>;
  readonly sections: ReadonlyMap<string, SectionDefinition>;
  readonly properties: ReadonlyMap<string, RegisteredProperty>;
  readonly measures: ReadonlyMap<string, Measure>;
  /** Observation kinds, each with what it says. */
  readonly records: ReadonlyMap<string, string>;
  readonly tasks: ReadonlyMap<string, TaskDefinition>;
  /** By observation kind: a bound that the decoded sections set, if they do. */
  readonly recordBounds: ReadonlyMap<string, (sections: Readonly<Record<string, ValueMap>>) => RecordBound | undefined>;
}

/** Two different things under one name; `message` names both owners. */
export class RegistryClash extends Error {
  static override readonly name = 'RegistryClash';
  override readonly name = 'RegistryClash';
}

/** The keys of every scenario file, which no section may take. */
export const houseKeys: ReadonlySet<string> = new Set([
  'name',
  'about',
  'seed',
  'salt',
  'world',
  'nodes',
  'roles',
  'network',
  'device',
  'disk',
  'clock',
  'start',
  'wrap',
  'faults',
  'reseed',
  'expect',
  'limits',
]);

/** A map that refuses a second thing under a name that is taken. */
class Shelf<T> {
  readonly #things = new Map<string, { readonly thing: T; readonly identity: unknown; readonly owner: string }>();
  readonly #what: string;

  constructor(what: string) {
    this.#what = what;
  }

  /** Adds a thing; the same `identity` may come again, from another owner. */
  add(name: string, thing: T, identity: unknown, owner: string): void {
    const taken = this.#things.get(name);
    if (taken !== undefined && taken.identity !== identity) {
      throw new RegistryClash(`the ${this.#what} "${name}" of ${owner} is already one of ${taken.owner}`);
    }
    if (taken === undefined) this.#things.set(name, { thing, identity, owner });
  }

  inNameOrder(): Map<string, T> {
    const names = [...this.#things.keys()].sort();
    return new Map(names.map((name) => [name, this.#things.get(name)!.thing]));
  }
}

/** What a protocol and a role contribute alike. */
type Contribution = Pick<RoleDefinition, 'name' | 'section' | 'records' | 'invariants' | 'phrases' | 'measures'>;

/** Joins the contributions of roles and of their protocols. Throws `RegistryClash`. */
export function createRegistry(definitions: Iterable<RoleDefinition>): Registry {
  const roles = new Shelf<RoleDefinition>('role');
  const protocols = new Shelf<ProtocolDefinition>('protocol');
  const sections = new Shelf<SectionDefinition>('section');
  const properties = new Shelf<RegisteredProperty>('property');
  const measures = new Shelf<Measure>('measure');
  const records = new Shelf<string>('observation kind');
  const tasks = new Shelf<TaskDefinition>('task');
  const contribute = (from: Contribution, owner: string): void => {
    const { section } = from;
    if (section !== undefined && houseKeys.has(section.key)) {
      throw new RegistryClash(`the section "${section.key}" of ${owner} has the name of a key of every scenario`);
    }
    if (section !== undefined) sections.add(section.key, section, section, owner);
    for (const [kind, about] of Object.entries(from.records ?? {})) records.add(kind, about, about, owner);
    for (const property of from.invariants ?? []) {
      properties.add(property.name, { property, standing: 'invariant', owner }, property, owner);
    }
    for (const property of from.phrases ?? []) {
      properties.add(property.name, { property, standing: 'phrase', owner }, property, owner);
    }
    for (const measure of from.measures ?? []) measures.add(measure.name, measure, measure, owner);
  };
  for (const role of definitions) {
    roles.add(role.name, role, role, `role ${role.name}`);
    contribute(role, `role ${role.name}`);
    for (const task of role.tasks) tasks.add(task.name, task, task, `role ${role.name}`);
    for (const protocol of role.protocols) {
      protocols.add(protocol.name, protocol, protocol, `role ${role.name}`);
      contribute(protocol, `protocol ${protocol.name}`);
    }
  }
  return {
    roles: roles.inNameOrder(),
    protocols: protocols.inNameOrder(),
    sections: sections.inNameOrder(),
    properties: properties.inNameOrder(),
    measures: measures.inNameOrder(),
    records: records.inNameOrder(),
    tasks: tasks.inNameOrder(),
    recordBounds: roundBounds(protocols.inNameOrder().values()),
  };
}

/**
 * Rounds are counted from 1 to the `rounds` of the section of the protocol that records them; a
 * section without such a number sets no bound.
 */
function roundBounds(protocols: Iterable<ProtocolDefinition>): Registry['recordBounds'] {
  const bounds = new Map<string, (sections: Readonly<Record<string, ValueMap>>) => RecordBound | undefined>();
  for (const { records, section } of protocols) {
    if (section === undefined || records['round-opened'] === undefined) continue;
    bounds.set('round-opened', (sections) => {
      const rounds = sections[section.key]?.['rounds'];
      return typeof rounds === 'number' ? { field: 'round', min: 1, max: rounds } : undefined;
    });
  }
  return bounds;
}

/** The part of a registry that some roles bring: a scenario's vocabulary. */
export function vocabularyOf(registry: Registry, roleNames: Iterable<string>): Registry {
  const wanted = new Set(roleNames);
  return createRegistry([...registry.roles.values()].filter((role) => wanted.has(role.name)));
}
