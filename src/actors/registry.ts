/** The roles that come with the house. Scenarios add their own from files. */
import { aggregator } from './aggregator.ts';
import { bootstrap } from './bootstrap.ts';
import { client } from './client.ts';
import type { RoleDefinition } from './define.ts';
import { worker } from './worker.ts';

export const builtinRoles: readonly RoleDefinition[] = [aggregator, bootstrap, client, worker];
