/**
 * A resolved scenario as a file again: scenario.resolved.yaml.
 *
 * Every default is written out and every selection by its node ids, so that the file resolves to the
 * same ResolvedScenario whatever later versions have for defaults, and can be read and cut down by
 * people. The encoding is that of the file's own schema, backwards.
 */
import * as Result from 'effect/Result';
import * as Parser from 'effect/SchemaParser';
import { stringify } from 'yaml';
import type { Fault, FaultEffect } from '../../host/faults.ts';
import { assert } from '../../kernel/assert.ts';
import type { Registry } from '../registry.ts';
import type { ResolvedScenario } from '../resolved.ts';
import { expectationWordsOf } from './expectations.ts';
import { selectorWordsOf } from './selectors.ts';
import { triggerWordsOf } from './triggers.ts';
import { weatherWordsOf } from './weather.ts';
import { scenarioSchema } from './words.ts';
import { wrapWordsOf } from './wrap.ts';

const heading = '# Every value of one run, written by Orrery: `orrery run` on this file is the same run again.\n';

/** The text of a resolved scenario. The registry is the one that it was resolved with. */
export function toYaml(scenario: ResolvedScenario, registry: Registry): string {
  const words = {
    name: scenario.name,
    about: scenario.about,
    seed: scenario.seed,
    salt: scenario.salt,
    world: scenario.world,
    nodes: Object.fromEntries(Object.entries(scenario.nodes).map(([role, indices]) => [role, nodeWordsOf(indices)])),
    roles: scenario.roles,
    ...scenario.sections,
    ...weatherWordsOf(scenario.weather),
    wrap: wrapWordsOf(scenario.wrap),
    faults: scenario.faults.map(faultWordsOf),
    reseed: scenario.reseed.map(({ atUs, salt }) => ({ at: atUs, salt })),
    expect: scenario.expect.map(expectationWordsOf),
    limits: { virtualTime: scenario.virtualTimeMaxUs, events: scenario.eventsMax },
  };
  const encoded = Parser.encodeUnknownResult(scenarioSchema(registry), { onExcessProperty: 'error' })(words);
  assert(Result.isSuccess(encoded), 'a resolved scenario has no words');
  return heading + stringify(encoded.success, { lineWidth: 0, aliasDuplicateObjects: false });
}

function nodeWordsOf(indices: readonly number[]): number | readonly number[] {
  return indices.every((index, place) => index === place) ? indices.length : indices;
}

function faultWordsOf(fault: Fault): object {
  const { id, trigger, effect, drawn } = fault;
  const lasting = 'forUs' in effect && effect.forUs !== undefined ? { for: effect.forUs } : {};
  return { id, at: triggerWordsOf(trigger), ...lasting, ...effectWordsOf(effect), ...(drawn ? { drawn } : {}) };
}

function effectWordsOf(effect: FaultEffect): object {
  switch (effect.kind) {
    case 'kill':
    case 'powerOff': {
      const restart = effect.restartAfterUs === undefined ? {} : { restart: effect.restartAfterUs };
      return { [effect.kind]: selectorWordsOf(effect.who), ...restart };
    }
    case 'restart':
    case 'pause':
      return { [effect.kind]: selectorWordsOf(effect.who) };
    case 'slow':
      return { slow: { nodes: selectorWordsOf(effect.who), factor: effect.factor } };
    case 'clock': {
      const { jumpUs, driftPpm } = effect.clock;
      const drift = driftPpm === undefined ? {} : { drift: driftPpm };
      return { clock: { nodes: selectorWordsOf(effect.who), ...(jumpUs === undefined ? {} : { jump: jumpUs }), ...drift } };
    }
    case 'disk':
      return { disk: { nodes: selectorWordsOf(effect.who), ...effect.disk } };
    case 'partition':
      return { partition: effect.sides.map(selectorWordsOf) };
    case 'gate':
      return { gate: { from: selectorWordsOf(effect.from), to: selectorWordsOf(effect.to) } };
    case 'link':
      return { link: linkWordsOf(effect) };
    case 'frame': {
      const delay = effect.delayUs === undefined ? {} : { delay: effect.delayUs };
      return { frame: { identity: effect.frame, verdict: effect.verdict, ...delay } };
    }
  }
}

function linkWordsOf({ from, to, link, messages }: Extract<FaultEffect, { kind: 'link' }>): object {
  const { delayUs, bandwidthBitsPerSecond, ...chances } = link;
  return {
    from: selectorWordsOf(from),
    to: selectorWordsOf(to),
    ...(messages === undefined ? {} : { messages }),
    ...chances,
    ...(delayUs === undefined ? {} : { delay: delayUs }),
    ...(bandwidthBitsPerSecond === undefined ? {} : { bandwidth: bandwidthBitsPerSecond }),
  };
}
