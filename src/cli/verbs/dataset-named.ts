/** The data set that a command names; a wrong name is refused with the nearest right one. */
import { datasets, findDataset } from '../../ml/data/datasets.ts';
import type { DatasetDefinition } from '../../ml/data/datasets.ts';
import { nearestWord } from '../../run/scenario/nearest-word.ts';
import { CommandRefused } from '../command-refused.ts';

/** Throws `CommandRefused`. */
export function datasetNamed(name: string): DatasetDefinition {
  const dataset = findDataset(name);
  if (dataset !== undefined) return dataset;
  const nearest = nearestWord(name, datasets.map((one) => one.name));
  throw new CommandRefused(`there is no data set "${name}"${nearest === undefined ? '' : ` (did you mean ${nearest}?)`}`);
}
