/**
 * An action in the making: the context and the commands so far.
 *
 * One input often has several consequences that build on each other: an answer commits an entry, the
 * entry closes a round, the next round opens. Each part takes the draft as the one before left it.
 * Contexts themselves are never changed; the draft holds the newest.
 */
import type { Micros } from '../../kernel/time.ts';
import type { Outcome } from '../../protocols/round-commit/member.ts';
import { act, stampOf } from '../define.ts';
import type { IssuedCommand } from '../define.ts';
import type { AggregatorContext, AggregatorEvent } from './context.ts';

export interface Draft {
  context: AggregatorContext;
  readonly commands: IssuedCommand[];
  /** The time of the input, on this node's monotonic clock. */
  readonly nowUs: Micros;
}

/** An action of the chart, written as changes of a draft. */
export const step = (write: (draft: Draft, event: AggregatorEvent) => void) =>
  act<AggregatorContext, AggregatorEvent>(({ context, event }) => {
    const draft: Draft = { context, commands: [], nowUs: stampOf(event).mono };
    write(draft, event);
    return { context: draft.context, commands: draft.commands };
  });

/** Changes some fields of the draft's context. */
export function patch(draft: Draft, fields: Partial<AggregatorContext>): void {
  draft.context = { ...draft.context, ...fields };
}

/** Takes the next state of the committee's protocol, and what it wants done. */
export function adopt(draft: Draft, outcome: Outcome): void {
  patch(draft, { agreement: outcome.state });
  draft.commands.push(...outcome.commands);
}
