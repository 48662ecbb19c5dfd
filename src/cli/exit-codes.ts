/**
 * What the process ends with. Every verdict class has its own code; see DESIGN §6.
 *
 * 1 means that Orrery itself broke, and is never a verdict about a scenario.
 */
import { exitCodes as verdictExitCodes } from '../judge/verdict.ts';

export const exitCodes = { ...verdictExitCodes, broken: 1 } as const;
