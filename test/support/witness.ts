/**
 * A role with one signed kind of message: witnesses pledge numbers to each other and show the proofs.
 *
 * Each witness pledges to each other one, in rounds. Whoever gets a pledge keeps its signed frame and
 * shows it to the next witness, which checks it by the public keys of its configuration. It is the
 * default export, so that a scenario file may name this file as a role.
 */
import { act, defineRole, record, reject, roleSetup, send } from '../../src/actors/define.ts';
import type { RoleEvent } from '../../src/actors/define.ts';
import { ed25519Pure } from '../../src/crypto/ed25519.ts';
import type { SimulatedIdentities } from '../../src/crypto/simulated-identities.ts';
import type { NodeSpecification } from '../../src/host/node.ts';
import { present } from '../../src/kernel/assert.ts';
import type { StartInput } from '../../src/kernel/contract.ts';
import { makeNodeId } from '../../src/kernel/ids.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import { satisfied } from '../../src/kernel/properties.ts';
import type { Property } from '../../src/kernel/properties.ts';
import { CountSchema, defineMessage, defineProtocol } from '../../src/protocols/define.ts';
import { isSignedBy, SignedFrameSchema } from '../../src/protocols/signed-frames.ts';
import type { SignedFrame } from '../../src/protocols/signed-frames.ts';
import { publicKeysOf } from './signatures.ts';

type Pledged = { readonly kind: 'Pledged'; readonly round: number; readonly number: number };
type Shown = { readonly kind: 'Shown'; readonly frame: SignedFrame };
type WitnessEvent = RoleEvent<Pledged | Shown>;
type PledgedEvent = Extract<WitnessEvent, { readonly message: Pledged }>;
type ShownEvent = Extract<WitnessEvent, { readonly message: Shown }>;

const pledgeIsShown: Property = {
  name: 'a pledge is shown', kind: 'sometimes', watches: ['pledge-shown'], start: () => null, observe: () => satisfied,
};

export const pledges = defineProtocol({
  name: 'pledges', about: 'Signed numbers.', version: 1, transport: 'stream', tolerates: { crash: 'all', byzantine: 'all' },
  messages: [
    defineMessage('Pledged', { round: CountSchema, number: CountSchema }, ['round'], { signed: true }),
    defineMessage('Shown', { frame: SignedFrameSchema }),
  ],
  records: { 'pledge-shown': 'A pledge was shown by somebody else.' }, invariants: [], phrases: [pledgeIsShown], measures: [],
});

interface WitnessContext {
  readonly self: NodeId;
  readonly others: readonly NodeId[];
  readonly publicKeys: Readonly<Record<NodeId, string>>;
  readonly round: number;
  /** The last proof from each. */
  readonly kept: Readonly<Record<NodeId, SignedFrame>>;
}

/** Rounds of pledges, and the numbers that they are made of: another one for each receiver. */
export const pledgeRounds = 3;
const numberFor = (to: NodeId, round: number): number => round * 100 + Number(to.slice(-2));

const pledge = act<WitnessContext, WitnessEvent>(({ context }) => {
  const round = context.round + 1;
  const commands = context.others.map((to) => send(to, { kind: 'Pledged', round, number: numberFor(to, round) }));
  return { context: { round }, commands };
});

const keepAndShow = act<WitnessContext, WitnessEvent>(({ context, event }) => {
  const { from, signed } = event as PledgedEvent;
  const frame = present(signed, 'the proof of a pledge');
  const to = context.others.find((other) => other !== from)!;
  return { context: { kept: { ...context.kept, [from]: frame } }, commands: [send(to, { kind: 'Shown', frame })] };
});

const check = act<WitnessContext, WitnessEvent>(({ context, event }) => {
  const { frame } = (event as ShownEvent).message;
  const publicKey = context.publicKeys[frame.from];
  if (publicKey === undefined || !isSignedBy(frame, publicKey, ed25519Pure.verify)) return { commands: [reject('forged')] };
  return { commands: [record('pledge-shown', { by: frame.from, to: frame.to })] };
});

function firstContext({ self, config }: StartInput): WitnessContext {
  const { witness } = config['known'] as { witness: readonly NodeId[] };
  const publicKeys = config['publicKeys'] as Record<NodeId, string>;
  return { self, others: witness.filter((id) => id !== self), publicKeys, round: 0, kept: {} };
}

const machine = roleSetup<WitnessContext, WitnessEvent>()
  .extend({ guards: { hasPledged: ({ context }) => context.round >= pledgeRounds }, delays: { pause: 20, patience: 500 } })
  .createMachine({
    id: 'witness',
    context: ({ input }) => firstContext(input),
    initial: 'pledging',
    on: { Pledged: { actions: keepAndShow }, Shown: { actions: check } },
    states: {
      pledging: {
        always: { guard: 'hasPledged', target: 'listening' },
        after: { pause: { target: 'pledging', reenter: true, actions: pledge } },
      },
      listening: { after: { patience: 'done' } },
      done: { type: 'final' },
    },
  });

const witness = defineRole({
  name: 'witness', about: 'Pledges, keeps what it is pledged, and shows it.', machine, protocols: [pledges],
  knows: ['witness'], knowsKeysOf: ['witness'], tasks: [], concludes: true,
});
export { witness, witness as default };

/** Some witnesses who know each other's addresses, and the keys of `identities`. */
export function witnesses(count: number, identities: SimulatedIdentities): NodeSpecification[] {
  const ids = Array.from({ length: count }, (_, index) => makeNodeId('witness', index));
  const config = { known: { witness: ids }, publicKeys: publicKeysOf(ids, identities) };
  return ids.map((id) => ({ id, role: witness, config }));
}
