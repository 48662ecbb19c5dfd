/** The role `ring-starter` as a scenario names it: one file, one default export. The story is in ring.ts. */
import { ringStarter } from './ring.ts';

export default ringStarter;
