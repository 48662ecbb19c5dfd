/**
 * The words of faults: what may stand under `faults`, `reseed` and `at`.
 *
 * These are schemas of single keys. Which keys go together, and what they mean for the nodes of a
 * scenario, is decided in faults.ts. `at` and `id` go with exactly one effect.
 */
import * as Schema from 'effect/Schema';
import { dimensions } from '../../kernel/units.ts';
import { BitsPerSecond, DurationUs, Ppm, Share, ShiftUs } from '../../protocols/quantities.ts';

const optional = Schema.optionalKey;
const momentForm = 'a moment such as 12s, round 5 or round 5 + 200ms';
const duration = String.raw`\d+(?:\.\d+)? ?(?:${Object.keys(dimensions.duration.units).join('|')})`;

/** `12s`, `round 5`, `round 5 + 200ms`. */
export const momentPattern = new RegExp(String.raw`^(?:round (\d+)(?: ?\+ ?(${duration}))?|(${duration}))$`, 'u');

/** When a fault begins. */
const At = Schema.Union([
  Schema.String.annotate({ expected: momentForm, description: momentForm }).check(
    Schema.isPattern(momentPattern, { expected: momentForm }),
  ),
  Schema.Struct({
    record: Schema.String.annotate({ description: 'The kind of observation whose first match begins the fault.' }),
    where: optional(Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))),
    after: optional(DurationUs),
  }),
]);

const countForm = 'a number of nodes, a range such as 3..7, all, or a state';

/** How many nodes of a role, which, or in what state. */
const OfRole = Schema.Union([
  Schema.Int.annotate({ expected: countForm }).check(Schema.isGreaterThanOrEqualTo(1, { expected: 'at least 1 node' })),
  Schema.String.annotate({ expected: countForm }).check(Schema.isMinLength(1, { expected: countForm })),
]).annotate({ identifier: 'NodesOfRole', description: `${countForm[0]!.toUpperCase()}${countForm.slice(1)}.` });

/** A schema of selectors for the roles of a registry; `rest` is for the sides of a partition. */
function selectorSchemas(roleNames: readonly string[]) {
  const ofRoles = Object.fromEntries(roleNames.map((role) => [role, optional(OfRole)]));
  const byIds = { id: optional(Schema.String), ids: optional(Schema.Array(Schema.String)), region: optional(Schema.String) };
  const byKeys = Schema.Struct({ ...ofRoles, ...byIds }).annotate({
    identifier: 'Selector',
    title: 'role or key',
    description: 'Which nodes: {role: …}, {id: …}, {ids: […]} or {region: …}.',
  });
  return {
    Who: Schema.Union([Schema.Literal('all'), byKeys]),
    Side: Schema.Union([Schema.Literals(['all', 'rest']), byKeys]),
  };
}

const Flag = optional(Schema.Boolean);
const factorForm = 'a factor above 0 and up to 1000000';
const Factor = Schema.Finite.check(
  Schema.isGreaterThan(0, { expected: factorForm }),
  Schema.isLessThanOrEqualTo(1_000_000, { expected: factorForm }),
);

/** The schema of one fault. */
export function faultWords(roleNames: readonly string[]) {
  const { Who, Side } = selectorSchemas(roleNames);
  const ends = { from: Who, to: Who };
  return Schema.Struct({
    id: Schema.String.check(
      Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9_-]*$/u, { expected: 'an id of letters, digits, - and _' }),
    ),
    at: optional(At),
    for: optional(DurationUs.annotate({ description: 'How long it lasts; for ever when left out.' })),
    drawn: Flag,
    kill: optional(Who.annotate({ description: 'Stops nodes; their peers learn it one latency later.' })),
    powerOff: optional(Who.annotate({ description: 'Stops nodes without a word to anybody.' })),
    restart: optional(
      Schema.Union([DurationUs, Who]).annotate({
        description: 'With kill or powerOff, the time until the nodes start again; alone, the nodes that restart.',
      }),
    ),
    pause: optional(Who.annotate({ description: 'Nodes that do nothing for a while.' })),
    slow: optional(Schema.Struct({ nodes: Who, factor: Factor })),
    clock: optional(Schema.Struct({ nodes: Who, jump: optional(ShiftUs), drift: optional(Ppm) })),
    disk: optional(
      Schema.Struct({
        nodes: Who,
        tornWrites: Flag,
        bitRot: optional(Share),
        full: Flag,
        lyingSync: Flag,
        reorder: Flag,
        slowFactor: optional(Factor),
        stall: Flag,
      }),
    ),
    partition: optional(Schema.Array(Side).annotate({ description: 'Sides that cannot reach each other.' })),
    gate: optional(Schema.Struct(ends).annotate({ description: 'Holds application frames one way; the link stays up.' })),
    link: optional(
      Schema.Struct({
        ...ends,
        messages: optional(Schema.Array(Schema.String)),
        loss: optional(Share),
        delay: optional(DurationUs),
        hold: Flag,
        break: optional(Share),
        tamper: optional(Share),
        duplicate: optional(Share),
        corrupt: optional(Share),
        reorder: optional(Share),
        bandwidth: optional(BitsPerSecond),
      }),
    ),
    frame: optional(
      Schema.Struct({
        identity: Schema.String,
        verdict: Schema.Literals(['pass', 'drop', 'delay']),
        delay: optional(DurationUs),
      }),
    ),
  });
}

/** One change of the salt. */
export const reseedWords = Schema.Struct({
  at: DurationUs,
  salt: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
});

export type FaultWords = ReturnType<typeof faultWords>['Type'];
export type AtWords = typeof At.Type;
export type OfRoleWords = typeof OfRole.Type;
/** A selector as it stands in the file. */
export type WhoWords = 'all' | 'rest' | SelectorKeys;
export type SelectorKeys = { readonly id?: string; readonly ids?: readonly string[]; readonly region?: string } & {
  readonly [role: string]: OfRoleWords | readonly string[];
};
