import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { failureReport, reportColumnsMax, reportLinesMax } from '../../src/judge/failure-report.ts';
import type { FailureReportInput } from '../../src/judge/failure-report.ts';
import { exitCodes } from '../../src/judge/verdict.ts';
import type { VerdictClass } from '../../src/judge/verdict.ts';

const input: FailureReportInput = {
  verdict: 'fail',
  scenario: 'kill-five-workers',
  seed: 7,
  world: 'sim',
  findings: [
    {
      class: 'fail',
      property: 'one model per round',
      at: 12_345_678,
      node: 'aggregator-01',
      event: 4_711,
      message: 'round 3 has two models',
      facts: [
        { sequence: 4_000, at: 11_000_000, node: 'aggregator-00', words: 'committed aa' },
        { sequence: 4_711, at: 12_345_678, node: '', words: 'saw bb' },
      ],
    },
    { class: 'vacuous', property: 'a round closed alone', at: 0, node: '', event: 0, message: 'never', facts: [] },
    { class: 'crash', property: '', at: 0, node: '', event: 0, message: 'worker thread 2 died', facts: [] },
  ],
  faults: [{ id: 'massacre', words: 'kills five workers', hits: 1 }],
  ancestors: [
    { sequence: 4_711, at: 12_345_678, node: 'aggregator-01', event: 'Vote' },
    { sequence: 4_690, at: 12_300_000, node: 'aggregator-00', event: 'timer' },
  ],
  trace: 'ab'.repeat(32),
  id: '0123456789ab',
  events: 9_999,
  virtualUs: 20_000_000,
  commands: [['replay', 'npx orrery replay runs/kill-five-workers/7']],
};

describe('a failure report', () => {
  it('tells everything on one screen', () => {
    expect(failureReport(input)).toBe(
      [
        'FAIL  kill-five-workers, seed 7, in the world "sim"',
        'property: one model per round',
        'round 3 has two models (aggregator-01, event 4711, at 12.345678 s)',
        'facts:',
        '  11.000000 s  event 4000  aggregator-00: committed aa',
        '  12.345678 s  event 4711  the world: saw bb',
        'also found:',
        '  vacuous: a round closed alone',
        '  crash: worker thread 2 died',
        'faults:',
        '  massacre (1 hit): kills five workers',
        'led there by:',
        '  12.345678 s  event 4711  aggregator-01 was given Vote',
        '  12.300000 s  event 4690  aggregator-00 was given timer',
        `trace ${'ab'.repeat(32)}`,
        'id 0123456789ab, 9999 events in 20.000000 s of virtual time',
        'to replay:',
        '  npx orrery replay runs/kill-five-workers/7',
      ].join('\n'),
    );
  });

  it('does without a node, a property, facts, faults or ancestors', () => {
    const [, , crash] = input.findings;
    expect(failureReport({ ...input, verdict: 'crash', findings: [crash!], faults: [], ancestors: [], commands: [] })).toBe(
      [
        'CRASH  kill-five-workers, seed 7, in the world "sim"',
        'worker thread 2 died (event 0, at 0.000000 s)',
        `trace ${'ab'.repeat(32)}`,
        'id 0123456789ab, 9999 events in 20.000000 s of virtual time',
      ].join('\n'),
    );
    expect(failureReport({ ...input, findings: [] })).toContain('FAIL');
  });

  it('breaks a long command so that it can still be pasted', () => {
    const sets = Array.from({ length: 12 }, (_, index) => `--set 'faults.fault-${index}.about=two words'`).join(' ');
    const command = `npx orrery replay scenarios/kill-five-workers.yaml --seed 7 ${sets}`;
    const report = failureReport({ ...input, commands: [['replay', command]] });
    const pasted = report.slice(report.indexOf('to replay:\n') + 11).replaceAll(/ \\\n\s+/gu, ' ').trim();
    expect(pasted).toBe(command);
  });

  it('breaks long words of a finding between words, and cuts what is longer still', () => {
    const message = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');
    const lines = failureReport({ ...input, findings: [{ ...input.findings[0]!, message }] }).split('\n');
    expect(lines[2]).toMatch(/^word0 .* word14$/u);
    expect(lines[3]).toMatch(/^ {2}word15 /u);
    expect(lines[4]).toMatch(/…$/u);
  });

  it('counts what it leaves out', () => {
    const many = Array.from({ length: 30 }, (_, hits) => ({ id: `fault-${hits}`, words: 'something', hits }));
    expect(failureReport({ ...input, faults: many })).toContain('  … and 25 more');
  });

  it('shows no control characters', () => {
    const faults = [{ id: 'x', words: 'red\u001b[31m\nnext', hits: 2 }];
    expect(failureReport({ ...input, faults })).toContain('  x (2 hits): red\uFFFD[31m\uFFFDnext');
  });

  it('fits the screen and ends in the commands, whatever it is given', () => {
    const text = fc.string({ maxLength: 300 });
    const finding = fc.record({
      class: fc.constantFrom(...(Object.keys(exitCodes) as VerdictClass[])),
      property: text,
      at: fc.nat(),
      node: text,
      event: fc.nat(),
      message: text,
      facts: fc.array(fc.record({ sequence: fc.nat(), at: fc.nat(), node: text, words: text }), { maxLength: 12 }),
    });
    const inputs = fc.record({
      findings: fc.array(finding, { maxLength: 8 }),
      faults: fc.array(fc.record({ id: text, words: text, hits: fc.nat() }), { maxLength: 12 }),
      ancestors: fc.array(fc.record({ sequence: fc.nat(), at: fc.nat(), node: text, event: text }), { maxLength: 20 }),
      scenario: text,
      commands: fc.constantFrom([], input.commands, [...input.commands, ...input.commands, ...input.commands]),
    });
    fc.assert(
      fc.property(inputs, (drawn) => {
        const lines = failureReport({ ...input, ...drawn }).split('\n');
        expect(lines.length).toBeLessThanOrEqual(reportLinesMax);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(reportColumnsMax);
        expect(lines.at(-1)).toMatch(drawn.commands.length > 0 ? /^ {2}npx orrery replay / : /^id /u);
        expect(lines).toContain(`trace ${input.trace}`);
      }),
    );
  });
});
