/** Scenario and role files that end-to-end tests write for themselves. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../tidy/sources.ts';

/** A small federation with the surrogate: a second or two of virtual time, a fault, all kinds of promises. */
export const smallText = `name: small
about: One of six workers dies, and the bowl is learned all the same.
nodes: { bootstrap: 1, aggregator: 3, worker: 6, client: 1 }
training: { model: bowl, rounds: 4, quorum: 50%, roundTimeout: 4s }
network: { profile: wan, loss: 0.5% }
faults:
  - { id: one-dies, at: round 2, kill: { worker: 1 } }
expect:
  - always: one model per round
  - sometimes: a round closed without full attendance
`;

/** Writes the small scenario, or another text, into a folder. */
export function writeScenario(folder: string, text = smallText, name = 'small.yaml'): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/**
 * Writes a scenario of two nodes whose role says a number each 10 ms; `number` is the expression of
 * what it says, in the place of a planted bug, and `before` stands at the top of its file.
 */
export function writeCountingRole(folder: string, number: string, before = ''): string {
  const source = (path: string): string => pathToFileURL(join(repositoryRoot, 'src', path)).href;
  writeFileSync(join(folder, 'counting.ts'), `
import { act, defineRole, record, roleSetup } from '${source('actors/define.ts')}';
import { satisfied } from '${source('kernel/properties.ts')}';

${before}
const say = act(({ context }) => ({ context: { said: context.said + 1 }, commands: [record('said', { number: ${number} })] }));
const somethingWasSaid = { name: 'something was said', kind: 'sometimes', watches: ['said'], start: () => null, observe: () => satisfied };

export default defineRole({
  name: 'counting',
  about: 'Says numbers.',
  protocols: [],
  knows: [],
  tasks: [],
  records: { said: 'a number was said' },
  phrases: [somethingWasSaid],
  concludes: true,
  machine: roleSetup()
    .extend({ guards: { saidEnough: ({ context }) => context.said >= 5 }, delays: { pause: 10 } })
    .createMachine({
      id: 'counting',
      context: { said: 0 },
      initial: 'starting',
      states: {
        starting: { on: { restored: 'pausing' } },
        pausing: {
          always: { guard: 'saidEnough', target: 'done' },
          after: { pause: { target: 'pausing', reenter: true, actions: say } },
        },
        done: { type: 'final' },
      },
    }),
});
`);
  return writeScenario(folder, `name: counting
roles: { counting: ./counting.ts }
nodes: { counting: 2 }
expect:
  - sometimes: something was said
`, 'counting.yaml');
}
