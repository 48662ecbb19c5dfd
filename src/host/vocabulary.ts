/** The messages that a role may send and receive, by kind, and the check of what arrives. */
import type { RoleDefinition } from '../actors/define.ts';
import { assert } from '../kernel/assert.ts';
import type { ValueMap } from '../kernel/codec.ts';
import type { Message } from '../kernel/contract.ts';
import { declaredKey } from '../protocols/define.ts';
import type { MessageDefinition, ProtocolDefinition } from '../protocols/define.ts';

export interface Word {
  readonly definition: MessageDefinition;
  readonly protocol: ProtocolDefinition;
}

export class Vocabulary {
  readonly #role: string;
  readonly #words = new Map<string, Word>();

  constructor(role: RoleDefinition) {
    this.#role = role.name;
    for (const protocol of role.protocols) {
      for (const definition of protocol.messages) this.#words.set(definition.kind, { definition, protocol });
    }
  }

  /** The word that this role itself sends; a role that invents kinds is a bug. */
  spoken(message: Message): Word {
    const word = this.#words.get(message.kind);
    assert(word !== undefined, () => `role ${this.#role} sent a ${message.kind}, which none of its protocols has`);
    return word;
  }

  keyOf(word: Word, message: Message): string {
    return declaredKey(word.definition, message as ValueMap);
  }

  /** Whether frames of a kind carry a signature; false for a kind that nobody here knows. */
  isSigned(kind: string): boolean {
    return this.#words.get(kind)?.definition.signed === true;
  }

  /** Why a message from outside is refused; undefined when it is welcome. */
  refusalOf(kind: string, message: unknown): 'unknownKind' | 'schema' | undefined {
    const word = this.#words.get(kind);
    if (word === undefined) return 'unknownKind';
    return word.definition.accepts(message) ? undefined : 'schema';
  }
}
