/** What a verb is given: its flags, and what it needs from outside. */
import type { Engine } from './engine.ts';
import type { Terminal } from './terminal.ts';

/** What the verbs need from outside. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly engine: () => Promise<Engine>;
}

/** Flags of `run`. */
export interface RunFlags {
  readonly seed?: number;
  readonly world?: 'sim' | 'memory' | 'tcp';
  readonly set: readonly string[];
  readonly out?: string;
  readonly twice?: boolean;
  readonly pure?: boolean;
  readonly threads?: number;
  /** False when no report is wanted. */
  readonly report?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Flags of `replay`. */
export type ReplayFlags = Pick<RunFlags, 'seed' | 'set' | 'json' | 'quiet'>;

/** Flags of `report`. */
export interface ReportFlags {
  readonly compare?: boolean;
  readonly out?: string;
  readonly svg?: string;
  readonly csv?: string;
}

/** Flags of `doctor`. */
export interface DoctorFlags {
  readonly properties?: boolean;
  /** True to print it, or the file to write. */
  readonly schema?: boolean | string;
}

/** Flags of `data fetch`. */
export interface DataFetchFlags {
  readonly from?: string;
  readonly to?: string;
}

/** Flags of `data show`, as they were typed. */
export interface DataShowFlags {
  readonly workers: string;
  readonly partition: 'iid' | 'dirichlet' | 'similarity' | 'sorted';
  readonly alpha: string;
  readonly gamma: string;
  readonly seed: string;
}

/** Flags of `study`. */
export interface StudyFlags {
  readonly out?: string;
  readonly jobs?: number;
  readonly seeds?: string;
  readonly set: readonly string[];
  readonly grid: 'full' | 'small';
  readonly ledger: string;
  readonly again?: boolean;
  readonly gallery?: string;
  readonly measures?: boolean;
  readonly quiet?: boolean;
}
