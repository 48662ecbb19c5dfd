/** The verb `report`, declared; what it does is in verbs/report.ts, imported when asked for. */
import type { Command } from 'commander';
import type { ReportFlags, Surroundings } from './surroundings.ts';

export function addReport(program: Command, surroundings: Surroundings, end: (exitCode: number) => void): void {
  program
    .command('report')
    .description('write the report of a finished run, or of two side by side')
    .argument('[runs...]', 'run folders, or "latest"', ['latest'])
    .option('--compare', 'lay two runs side by side')
    .option('--out <file>', 'the page (default: report.html in the run folder, or comparison.html)')
    .option('--svg <dir>', 'write every chart as SVG, too')
    .option('--csv <dir>', 'write the numbers of every chart as CSV, too')
    .action(async (runs: readonly string[], flags: ReportFlags) => {
      const { report } = await import('./verbs/report.ts');
      end(await report(runs, flags, surroundings));
    });
}
