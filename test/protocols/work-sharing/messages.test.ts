import { describe, expect, it } from 'vitest';
import { encode } from '../../../src/kernel/codec.ts';
import type { Message } from '../../../src/kernel/contract.ts';
import { limits } from '../../../src/kernel/limits.ts';
import { declaredKey } from '../../../src/protocols/define.ts';
import { workersPerFrameMax } from '../../../src/protocols/round-commit/messages.ts';
import { workSharingMessages } from '../../../src/protocols/work-sharing/messages.ts';
import { signedFrame } from '../../support/signatures.ts';
import { blobNamed } from '../../support/stepped-actor.ts';

const definitionOf = (message: Message) => workSharingMessages.find(({ kind }) => kind === message.kind)!;
const accepts = (message: Message) => definitionOf(message).accepts(message);

const counted = { worker: 'worker-00', digest: 'a'.repeat(64), samples: 200 };
const offered = {
  kind: 'PartOffered', term: 2, version: 3, round: 5, attempt: 1, life: 0, complete: true,
  samples: 200, sum: blobNamed('c'), fingerprint: 7, counted: [counted],
} as const;
const requested = { kind: 'PartRequested', term: 2, version: 3, round: 5, attempt: 1 } as const;
const asked = { kind: 'UpdatesRequested', round: 5, attempt: 9, digests: ['a'.repeat(64)] } as const;
const given = { kind: 'UpdatesSent', round: 5, attempt: 9, updates: [blobNamed('a')] } as const;
const claim = signedFrame({
  from: 'worker-00', incarnation: 0, to: 'aggregator-01',
  message: { kind: 'UpdateClaimed', round: 5, digest: 'a'.repeat(64), samples: 200 },
});
const reported = { kind: 'ClaimReported', worker: 'worker-00', round: 5, claim } as const;
const removal = { kind: 'RemovalRequested', worker: 'worker-00', reason: 'equivocation', proof: [claim, claim] } as const;

describe('words of work sharing', () => {
  it.each<[string, Message]>([
    ['a part of a mean', offered],
    ['a part of another rule', { ...offered, sum: null, samples: 0, fingerprint: 0 }],
    ['a part of nobody', { ...offered, sum: null, samples: 0, fingerprint: 0, counted: [] }],
    ['a question for a part', requested],
    ['a question for updates', asked],
    ['updates', given],
    ['updates of which there are none', { ...given, updates: [] }],
    ['a report', reported],
    ['a removal with its proof', removal],
    ['a removal that needs none', { ...removal, reason: 'left', proof: [] }],
  ])('accepts %s', (_, message) => {
    expect(accepts(message)).toBe(true);
  });

  it.each<[string, Message]>([
    ['a part of a negative round', { ...offered, round: -1 }],
    ['a part that weighs a fraction', { ...offered, samples: 0.5 }],
    ['a part with a word too many', { ...offered, surprise: 1 }],
    ['a part that counts nobody in particular', { ...offered, counted: [{ ...counted, worker: 'nobody' }] }],
    ['a part with a digest that is none', { ...offered, counted: [{ ...counted, digest: 'a' }] }],
    ['a part of more workers than a frame names', { ...offered, counted: Array.from({ length: workersPerFrameMax + 1 }, () => counted) }],
    ['a question without a term', { kind: 'PartRequested', version: 3, round: 5, attempt: 1 }],
    ['a question for what is no digest', { ...asked, digests: ['a'] }],
    ['a question for more updates than an answer brings', { ...asked, digests: Array.from({ length: 65 }, () => 'a'.repeat(64)) }],
    ['more updates than an answer brings', { ...given, updates: Array.from({ length: 65 }, () => blobNamed('a')) }],
    ['a report without a signature', { ...reported, claim: { ...claim, signature: '' } }],
    ['a removal for no known reason', { ...removal, reason: 'boredom' }],
    ['a removal with more frames than prove it', { ...removal, proof: [claim, claim, claim] }],
  ])('refuses %s', (_, message) => {
    expect(accepts(message)).toBe(false);
  });

  it('names one use of a message by what makes it another one, and never by its contents', () => {
    expect(declaredKey(definitionOf(offered), offered)).toBe('term=2 version=3 round=5 attempt=1');
    expect(declaredKey(definitionOf(requested), requested)).toBe('term=2 version=3 round=5 attempt=1');
    expect(declaredKey(definitionOf(asked), asked)).toBe('round=5 attempt=9');
    expect(declaredKey(definitionOf(given), given)).toBe('round=5 attempt=9');
    expect(declaredKey(definitionOf(reported), reported)).toBe('worker=worker-00 round=5');
    expect(declaredKey(definitionOf(removal), removal)).toBe('worker=worker-00');
  });

  it('a part fits into a frame with all workers of a committee', () => {
    const counts = Array.from({ length: workersPerFrameMax }, () => ({ ...counted, worker: 'worker-100', samples: 60_000 }));
    const largest = { ...offered, counted: counts };
    expect(accepts(largest)).toBe(true);
    expect(encode(largest).length).toBeLessThan(limits.frameBytesMax);
  });
});
