import { describe, expect, it } from 'vitest';
import { baseText, problemsOf, resolved } from './reading.ts';

describe('--set', () => {
  it('replaces a value by keys, and through lists by id or index', () => {
    const scenario = resolved(baseText, ['faults.massacre.kill.worker=10', 'network.loss=1%', 'expect.2.eventually.accuracy="> 0.5"']);
    expect(scenario.faults[0]!.effect).toMatchObject({ kind: 'kill', who: { nodes: { length: 10 } } });
    expect(scenario.weather.network.loss).toBe(0.01);
    expect(scenario.expect[2]).toMatchObject({ comparison: '>', bound: 0.5 });
  });

  it('takes flow values and adds keys that are not there', () => {
    const scenario = resolved(baseText, ['device.speed=2 GFLOP/s', 'nodes.worker=[3, 17]', 'faults.massacre.kill={ id: worker-17 }']);
    expect(scenario.weather.device.flopsPerSecond).toBe(2_000_000_000);
    expect(scenario.nodes['worker']).toEqual([3, 17]);
  });

  it('the last one wins', () => {
    expect(resolved(baseText, ['seed=3', 'seed=4']).seed).toBe(4);
  });

  it.each([
    ['seed', '--set seed: expected PATH=VALUE'],
    ['=3', '--set =3: expected PATH=VALUE'],
    ['seed=', '--set seed=: has no value after "="'],
    ['seed=[1', '--set seed=[1: this is no valid YAML'],
    ['faults.masacre.at=1s', '--set faults.masacre.at=1s: no item of this list has the id "masacre"; did you mean "massacre"?'],
    ['name.first=x', '--set name.first=x: there is nothing under a plain value to set "first" in'],
    ['network.los=1%', '--set network.los=1%: network.los: unknown key "los"; did you mean "loss"?'],
    ['training.dataset=minst', '--set training.dataset=minst: training.dataset: unknown word "minst"'],
    ['faults.massacre.kill.worker=100', '--set faults.massacre.kill.worker=100: faults.massacre.kill.worker: asks for 100 nodes'],
  ])('%s names the flag', (override, message) => {
    expect(problemsOf(baseText, [override]).join('\n')).toContain(message);
  });
});
