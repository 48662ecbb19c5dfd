/** Runs on data of one's own: a table as CSV, divided by label, and weights to start from. */
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { orrery, verdictIn, verdictLineOf } from './orrery-process.ts';
import { smallText, writeScenario } from './scenario-files.ts';

/** Two features around one of three places, which the label names. */
function tableOf(rows: number): string {
  const places = [['near', 0, 0], ['far', 4, 0], ['high', 0, 4]] as const;
  const lines = Array.from({ length: rows }, (_, row) => {
    const [label, x, y] = places[row % 3]!;
    return `${x + ((row * 7) % 11) / 11},${y + ((row * 5) % 13) / 13},${label}`;
  });
  return `x,y,label\n${lines.join('\n')}\n`;
}

test('a table is learned although each worker knows few of its labels', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'data', 'own'), { recursive: true });
  writeFileSync(join(folder, 'data', 'own', 'places.csv'), tableOf(240));
  const training = 'training: { dataset: "csv:own/places.csv", model: softmax, partition: dirichlet, alpha: 0.3, rate: 0.2, ';
  const file = writeScenario(folder, smallText.replace('training: { model: bowl, ', training));
  const surroundings = { folder, environment: { ORRERY_DATA: join(folder, 'data') } };
  const { exitCode, stdout, stderr } = await orrery(['run', file, '--quiet'], surroundings);
  expect({ exitCode, ...verdictLineOf(stdout) }, stderr).toMatchObject({ exitCode: 0, verdict: 'pass' });
  expect(verdictIn(join(folder, 'runs', 'small', '1'))['accuracy']).toBeGreaterThan(0.9);
});

test('a run starts from the model of another, whose digest is part of what it is', async () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  mkdirSync(data);
  const file = writeScenario(folder);
  const run = join(folder, 'runs', 'small', '1');
  const surroundings = { folder, environment: { ORRERY_DATA: data } };
  const drawn = await orrery(['run', file, '--quiet'], surroundings);
  const before = verdictIn(run)['accuracy'] as number;
  const measured = (): string[] => readFileSync(join(run, 'measures.csv'), 'utf8').trim().split('\n');
  const firstAccuracy = (): number => {
    const column = measured()[0]!.split(',').indexOf('accuracy');
    return Number(measured().map((line) => line.split(',')[column]!).find((cell, line) => line > 0 && cell !== ''));
  };
  expect(firstAccuracy()).toBeLessThan(before - 0.05);

  copyFileSync(join(run, 'model.safetensors'), join(data, 'start.safetensors'));
  const started = await orrery(['run', file, '--quiet', '--set', 'training.start=start.safetensors'], surroundings);
  const { verdict, trace, id } = verdictLineOf(started.stdout);
  expect(verdict, started.stderr).toBe('pass');
  expect(id).not.toBe(verdictLineOf(drawn.stdout)['id']);
  expect(firstAccuracy()).toBeGreaterThan(before - 0.01);
  const replayed = await orrery(['replay', 'latest'], surroundings);
  expect(verdictLineOf(replayed.stdout), replayed.stderr).toMatchObject({ verdict: 'pass', trace });

  appendFileSync(join(data, 'start.safetensors'), 'x');
  const spoiled = await orrery(['run', file, '--quiet', '--set', 'training.start=start.safetensors'], surroundings);
  expect(spoiled.exitCode).toBe(2);
  expect(spoiled.stderr).toMatch(/training\.start: start\.safetensors: there are 1 bytes behind the last tensor/u);
});
