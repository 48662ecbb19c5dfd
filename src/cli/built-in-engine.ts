/** The engine of this build: the built-in roles, and execution in the simulator. */
import { builtinRoles } from '../actors/registry.ts';
import { replayFolder } from '../run/replay.ts';
import { simulateScenario } from '../run/simulate.ts';
import type { Engine } from './engine.ts';

export const engine: Engine = { builtinRoles, executeScenario: simulateScenario, replayFolder };
