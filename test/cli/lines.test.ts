import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { pasteLine } from '../../src/cli/paste-line.ts';
import { progressLine, ProgressWriter } from '../../src/cli/progress.ts';
import { shellWord } from '../../src/judge/plain-words.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

const progress = {
  virtualUs: 31_250_000,
  events: 1_041_250,
  wallSeconds: 2.04,
  round: 5,
  rounds: 20,
  measures: { loss: 0.25, accuracy: 0.873 },
};

describe('progress', () => {
  it('is a plain line', () => {
    expect(progressLine(progress)).toBe('round 5 of 20 · accuracy 0.873 · loss 0.250 · virtual 31.3 s · 1,041,250 events · 2.0 s');
    expect(progressLine({ ...progress, round: null, rounds: null, events: 7, measures: {} })).toBe('virtual 31.3 s · 7 events · 2.0 s');
  });

  it('comes at once and then at most once a second, and never when quiet', () => {
    let now = 5_000;
    const lines: string[] = [];
    const terminal = { nowMs: () => now, words: (line: string) => void lines.push(line) } as unknown as Terminal;
    const writer = new ProgressWriter(terminal, false, 'Running.');
    for (const at of [5_000, 5_400, 5_999, 6_000, 6_001, 7_500]) {
      now = at;
      writer.show({ ...progress, events: at });
    }
    expect(lines.shift()).toBe('Running.');
    expect(lines.map((line) => /(\S+) events/u.exec(line)![1])).toEqual(['5,000', '6,000', '7,500']);
    const quiet = new ProgressWriter(terminal, true, 'Running.');
    quiet.show(progress);
    expect(lines).toHaveLength(3);
  });
});

describe('the line to paste', () => {
  it('carries everything', () => {
    const overrides = ['network.loss=1%', "about=it's"];
    const run = { verb: 'run', scenario: 'my scenarios/a.yaml', seed: 7, overrides, world: 'tcp' } as const;
    expect(pasteLine(run)).toBe(
      String.raw`npx orrery run 'my scenarios/a.yaml' --seed 7 --world tcp --set network.loss=1% --set 'about=it'\''s'`,
    );
  });

  it('is read back by a shell as it was meant', () => {
    const word = fc.string({ unit: 'binary-ascii', maxLength: 30 }).filter((text) => !text.includes('\0') && text !== '');
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        const read = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${words.map(shellWord).join(' ')}`], { encoding: 'utf8' });
        expect(read.split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 20 },
    );
  });
});

it('every end has its exit code', () => {
  expect(exitCodes).toEqual({
    pass: 0,
    broken: 1,
    invalid: 2,
    fail: 20,
    crash: 21,
    stalled: 22,
    vacuous: 23,
    nondeterministic: 24,
    bounded: 25,
    interrupted: 130,
  });
});
