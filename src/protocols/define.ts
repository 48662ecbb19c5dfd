/**
 * What a protocol is made of.
 *
 * Every protocol room has the same shape: `messages.ts` (words), `rules.ts` (pure arithmetic),
 * `invariants.ts` (promises), `options.ts` (what a scenario may set) where there is something to
 * set, and `protocol.ts`, which ties them into the definition below.
 */
import * as Schema from 'effect/Schema';
import { assert } from '../kernel/assert.ts';
import type { BlobRef } from '../kernel/blobs.ts';
import type { Value, ValueMap } from '../kernel/codec.ts';
import { limits } from '../kernel/limits.ts';
import type { Property } from '../kernel/properties.ts';

const messageKindPattern = /^[A-Z][A-Za-z0-9]*$/u;

/** One kind of message. */
export interface MessageDefinition {
  readonly kind: string;
  /** Names of all fields, `kind` included; a message with any other field is refused. */
  readonly fields: ReadonlySet<string>;
  /** Whether a plain value is such a message. Everything that arrives is checked by it. */
  readonly accepts: (value: unknown) => boolean;
  /** Fields that identify one use of the message (round, term, attempt); never tensors or times. */
  readonly key: readonly string[];
  /** Whether the sender's host signs its frames, so that a receiver can prove what it was told. */
  readonly signed: boolean;
}

/** Defines a kind of message from the schemas of its fields. */
export function defineMessage(
  kind: string,
  fields: Schema.Struct.Fields,
  key: readonly string[] = [],
  { signed = false }: { readonly signed?: boolean } = {},
): MessageDefinition {
  assert(messageKindPattern.test(kind), `message "${kind}" is not in PascalCase`);
  for (const field of key) assert(field in fields, `key field "${field}" of ${kind} is none of its fields`);
  const matches = Schema.is(Schema.Struct({ kind: Schema.Literal(kind), ...fields }));
  const names = new Set(['kind', ...Object.keys(fields)]);
  const accepts = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return false;
    for (const name of Object.keys(value)) if (!names.has(name)) return false;
    return matches(value);
  };
  return Object.freeze({ kind, fields: names, accepts, key, signed });
}

/** A node id on the wire. */
export const NodeIdSchema = Schema.String.check(Schema.isPattern(/^[a-z][a-z0-9-]{0,40}-[0-9]{2,6}$/u));

/** A reference to a blob on the wire. */
export const BlobRefSchema = Schema.Struct({
  blob: Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/u)),
  bytes: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: limits.blobBytesMax })),
});

/** A SHA-256 on the wire, in lower-case hexadecimal. */
export const DigestSchema = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/u));

/** A count on the wire: a whole number from 0 to 2^53 − 1. */
export const CountSchema = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0));

/** A named number that scenarios may put bounds on: `accuracy: ">= 0.90"`. */
export interface Measure {
  readonly name: string;
  readonly about: string;
  /** What it counts in, for tables and axes of charts; left out where it is a plain number. */
  readonly unit?: string;
  /** The observation kind that carries it, and the field of its data. */
  readonly kind: string;
  readonly field: string;
  /** The field that counts rounds, where `within: 20 rounds` makes sense. */
  readonly roundField?: string;
}

/** What a protocol or role lets a scenario set, under one key of the scenario file. */
export interface SectionDefinition {
  readonly key: string;
  readonly about: string;
  /** Decodes what stands in the file, with defaults for what does not. */
  readonly schema: Schema.Codec<unknown, unknown>;
  /** Names of the data files that the decoded section asks for; the rim reads them. */
  readonly files?: (section: ValueMap) => readonly string[];
  /**
   * Turns the decoded section and its files into what actors are configured with. May write blobs.
   * Throws `SectionRefused` where the section cannot be served.
   */
  readonly prepare?: (section: ValueMap, input: PrepareInput) => ValueMap;
  /** What the user should know although nothing is wrong with the decoded section, a sentence each. */
  readonly advise?: (section: ValueMap, counts: PrepareInput['counts']) => readonly string[];
}

export interface PrepareInput {
  /** Bytes of each file that `files` named. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** How many nodes of each role the scenario has. */
  readonly counts: Readonly<Record<string, number>>;
  readonly gunzip: (bytes: Uint8Array) => Uint8Array;
  write(bytes: Uint8Array): BlobRef;
}

/** A section that cannot be served, in words; `path` is the key under the section that is wrong. */
export class SectionRefused extends Error {
  static override readonly name = 'SectionRefused';
  override readonly name = 'SectionRefused';
  readonly path: readonly string[];

  constructor(message: string, path: readonly string[]) {
    super(message);
    this.path = path;
  }
}

/** Where a run's final model is told, for verdict.json and the run folder. */
export interface RunOutcome {
  /** The observation kind that reports a finished round, with its round number and model. */
  readonly kind: string;
  readonly roundField: string;
  /** Holds the name of the model's blob. */
  readonly modelField: string;
  /** The model as a file that other tools read; `section` is the protocol's own, prepared. */
  readonly modelFile?: (section: ValueMap, model: Uint8Array) => Uint8Array;
}

export interface ProtocolDefinition {
  readonly name: string;
  readonly about: string;
  readonly version: number;
  /** Ordered and reliable up to a break, or best effort within an MTU. */
  readonly transport: 'stream' | 'datagram';
  /** What it survives, in words; a scenario beyond that must expect the break. */
  readonly tolerates: {
    readonly crash: string;
    readonly byzantine: string;
    /** Roles that may lie without breaking a promise of this protocol. */
    readonly liars?: readonly string[];
  };
  readonly messages: readonly MessageDefinition[];
  /** Observation kinds that its roles record, each with what it says. */
  readonly records: Readonly<Record<string, string>>;
  readonly section?: SectionDefinition;
  /** Promises that hold wherever the protocol is spoken. */
  readonly invariants: readonly Property[];
  /** Promises that a scenario may ask for by name. */
  readonly phrases: readonly Property[];
  readonly measures: readonly Measure[];
  readonly outcome?: RunOutcome;
}

/** Checks a protocol's shape once, where it is defined. */
export function defineProtocol(definition: ProtocolDefinition): ProtocolDefinition {
  const kinds = definition.messages.map((message) => message.kind);
  assert(new Set(kinds).size === kinds.length, `${definition.name} names a message kind twice`);
  const names = [...definition.invariants, ...definition.phrases].map((property) => property.name);
  assert(new Set(names).size === names.length, `${definition.name} names a property twice`);
  return Object.freeze(definition);
}

/** The declared key of a message, as one text: `round=5`. */
export function declaredKey(definition: MessageDefinition, message: ValueMap): string {
  let text = '';
  for (const field of definition.key) {
    const value: Value | undefined = message[field];
    assert(typeof value === 'string' || typeof value === 'number', () => `key field "${field}" is text or a number`);
    text += text === '' ? `${field}=${value}` : ` ${field}=${value}`;
  }
  return text;
}
