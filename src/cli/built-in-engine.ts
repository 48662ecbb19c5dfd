/** The engine of this build: the built-in roles, and execution in the simulator. */
import { CommandRefused } from './command-refused.ts';
import type { Engine } from './engine.ts';

const refuse = (): never => {
  throw new CommandRefused('this build has no world in which a scenario could run');
};

export const engine: Engine = {
  builtinRoles: [],
  executeScenario: async () => refuse(),
  replayFolder: async () => refuse(),
};
