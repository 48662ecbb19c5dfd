/**
 * The identity of a single frame as faults name it, held against who and what there is.
 *
 * `worker-03#0>aggregator-00 UpdateSubmitted round=5 /0`: sender, incarnation, receiver, message
 * kind, declared key, occurrence (host/frames writes it). Whether such a frame is ever sent only the
 * run shows; names that nobody has are problems here.
 */
import type { KeyPath } from './problems.ts';
import { allNodes, reportUnknown } from './resolve-context.ts';
import type { ResolveContext } from './resolve-context.ts';

const identityPattern = /^(\S+)#\d+>(\S+) (\S+)((?: [^\s=]+=\S+)*) \/\d+$/u;
const identityForm = 'an identity such as "worker-03#0>aggregator-00 UpdateSubmitted round=5 /0"';

/** Reports an identity that no frame of this scenario can have. */
export function checkFrameIdentity(identity: string, path: KeyPath, context: ResolveContext): void {
  const match = identityPattern.exec(identity);
  if (match === null) {
    context.report(path, `expected ${identityForm}, got ${JSON.stringify(identity)}`);
    return;
  }
  const [, from, to, kind, keys] = match;
  const nodes = new Set(allNodes(context));
  for (const node of new Set([from!, to!])) if (!nodes.has(node)) reportUnknown(context, path, 'node', node, nodes);
  const messages = [...context.vocabulary.protocols.values()].flatMap((protocol) => protocol.messages);
  const message = messages.find((one) => one.kind === kind);
  if (message === undefined) {
    reportUnknown(context, path, 'message', kind!, messages.map((one) => one.kind));
    return;
  }
  const fields = keys!.trim().split(' ').filter((part) => part !== '').map((part) => part.slice(0, part.indexOf('=')));
  if (fields.join(' ') !== message.key.join(' ')) {
    const declared = message.key.length === 0 ? 'no key' : `the key ${message.key.map((field) => `${field}=…`).join(' ')}`;
    context.report(path, `frames of ${kind} have ${declared} in their identity`);
  }
}
