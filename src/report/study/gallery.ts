/** A gallery: the results of several studies in a folder that is kept under version control. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { orRefuse } from '../../run/folder/refused.ts';
import type { StudySummary } from '../../run/study/summary.ts';

/** Writes the first page of a gallery. `command` makes all of it anew. Throws `FolderRefused`. */
export function writeGalleryIndex(folder: string, studies: readonly StudySummary[], command: string): void {
  const path = join(folder, 'index.md');
  orRefuse('write', path, () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, galleryIndex(studies, command));
  });
}

function galleryIndex(studies: readonly StudySummary[], command: string): string {
  const parts = [
    '# Gallery of studies',
    'Each of these is a file in [sims](../../sims): a scenario, what is varied, and the seeds. Every figure follows from those. ' +
      'A test makes the small grid of each study anew and compares it with its `small.csv`, byte for byte.',
    studies.map(({ plan }) => `- [${plan.name}](${plan.name}/index.md): ${plan.about}`).join('\n'),
    '`npx orrery study FILE` makes one study, with a page whose charts can be asked for their numbers (`studies/NAME/study.html`). ' +
      'This makes all of them, and takes some minutes for each:',
    `\`\`\`sh\n${command}\n\`\`\``,
  ];
  return `${parts.join('\n\n')}\n`;
}
