/** The role `ring-member` as a scenario names it: one file, one default export. The story is in ring.ts. */
import { ringMember } from './ring.ts';

export default ringMember;
