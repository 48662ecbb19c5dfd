/**
 * The standing conditions in a scenario's words: `network`, `device`, `disk`, `clock`, `start`.
 *
 * One topic from both sides: the schemas of the words, the weather that they mean, and the words of
 * a given weather. A key that is left out has the value of its profile or default below.
 */
import * as Schema from 'effect/Schema';
import type { Latency, NetworkWeather, Weather } from '../../host/weather.ts';
import { limits } from '../../kernel/limits.ts';
import { BitsPerSecond, DurationUs, FlopsPerSecond, Ppm, Share, SizeBytes } from '../../protocols/quantities.ts';
import { checkDrift, checkSpan, networkSpanUsMax } from './bounds.ts';
import type { KeyPath } from './problems.ts';

const optional = Schema.optionalKey;

/** Sigma of a log-normal factor: at 3 it is 20 times the median, or a twentieth, for a third of all draws. */
const Sigma = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 3 }));

const LatencyWords = Schema.Union([
  DurationUs,
  Schema.Struct({
    constant: optional(DurationUs),
    uniform: optional(Schema.Struct({ min: DurationUs, max: DurationUs })),
    exponential: optional(Schema.Struct({ mean: DurationUs, min: optional(DurationUs) })),
    logNormal: optional(Schema.Struct({ median: DurationUs, sigma: Sigma })),
    regions: optional(
      Schema.Struct({
        names: Schema.Array(Schema.String),
        median: Schema.Array(Schema.Array(DurationUs)),
        sigma: Sigma,
      }),
    ),
  }),
]).annotate({ description: 'One-way latency: a duration, or one of constant, uniform, exponential, logNormal, regions.' });

const NetworkWords = Schema.Struct({
  profile: optional(Schema.Literals(['wan', 'lan']).annotate({ description: 'What the other keys default to.' })),
  latency: optional(LatencyWords),
  loss: optional(Share),
  bandwidth: optional(BitsPerSecond),
  duplicate: optional(Share),
  reorder: optional(Share),
  corrupt: optional(Share),
  mtu: optional(SizeBytes),
  retransmit: optional(DurationUs),
  stallLimit: optional(DurationUs),
  keepAlive: optional(DurationUs),
  dialTimeout: optional(DurationUs),
});

/** The words' schemas, by their keys in the file. */
export const weatherWords = {
  network: optional(NetworkWords.annotate({ description: 'Links between nodes.' })),
  device: optional(
    Schema.Struct({ speed: optional(FlopsPerSecond), spread: optional(Sigma), service: optional(DurationUs) }).annotate({
      description: 'How fast nodes compute.',
    }),
  ),
  disk: optional(
    Schema.Struct({ save: optional(DurationUs), size: optional(SizeBytes) }).annotate({ description: 'How nodes store.' }),
  ),
  clock: optional(
    Schema.Struct({ skew: optional(DurationUs), drift: optional(Ppm) }).annotate({ description: 'How far clocks are off.' }),
  ),
  start: optional(Schema.Struct({ stagger: optional(DurationUs) }).annotate({ description: 'When nodes start.' })),
};

const WeatherStruct = Schema.Struct(weatherWords);
export type WeatherWords = typeof WeatherStruct.Type;
type LatencyForm = typeof LatencyWords.Type;

const everyNetwork = {
  loss: 0,
  duplicate: 0,
  reorder: 0,
  corrupt: 0,
  mtuBytes: 1_200,
  retransmitUs: 200_000,
  stallLimitUs: 10_000_000,
  keepAliveUs: 5_000_000,
  dialTimeoutUs: 5_000_000,
} as const;

/** DESIGN §5: a wide-area network has log-normal latency, a local one a short constant latency. */
const profiles: Readonly<Record<'wan' | 'lan', NetworkWeather>> = {
  wan: {
    ...everyNetwork,
    latency: { kind: 'logNormal', medianUs: 40_000, sigma: 0.4 },
    bandwidthBitsPerSecond: 100_000_000,
  },
  lan: {
    ...everyNetwork,
    latency: { kind: 'constant', valueUs: 500 },
    bandwidthBitsPerSecond: 1_000_000_000,
  },
};

type Report = (path: KeyPath, message: string) => void;

/** The weather that the words mean; contradictions are reported under their keys. */
export function resolveWeather(words: WeatherWords, report: Report): Weather {
  const network = words.network ?? {};
  const standard = profiles[network.profile ?? 'wan'];
  if (network.bandwidth === 0) report(['network', 'bandwidth'], 'a bandwidth is more than 0');
  if (words.device?.speed === 0) report(['device', 'speed'], 'a speed is more than 0');
  checkDrift(words.clock?.drift, ['clock', 'drift'], report);
  for (const key of ['retransmit', 'stallLimit', 'keepAlive', 'dialTimeout'] as const) {
    checkSpan(network[key], networkSpanUsMax, ['network', key], report);
  }
  checkSpan(words.device?.service, networkSpanUsMax, ['device', 'service'], report);
  checkSpan(words.disk?.save, networkSpanUsMax, ['disk', 'save'], report);
  if (network.retransmit === 0) report(['network', 'retransmit'], 'a retransmission waits longer than 0us');
  return {
    network: {
      latency: network.latency === undefined ? standard.latency : resolveLatency(network.latency, report),
      loss: network.loss ?? standard.loss,
      bandwidthBitsPerSecond: network.bandwidth ?? standard.bandwidthBitsPerSecond,
      duplicate: network.duplicate ?? standard.duplicate,
      reorder: network.reorder ?? standard.reorder,
      corrupt: network.corrupt ?? standard.corrupt,
      mtuBytes: network.mtu ?? standard.mtuBytes,
      retransmitUs: network.retransmit ?? standard.retransmitUs,
      stallLimitUs: network.stallLimit ?? standard.stallLimitUs,
      keepAliveUs: network.keepAlive ?? standard.keepAliveUs,
      dialTimeoutUs: network.dialTimeout ?? standard.dialTimeoutUs,
    },
    device: {
      flopsPerSecond: words.device?.speed ?? 1_000_000_000,
      sigma: words.device?.spread ?? 0.3,
      serviceUs: words.device?.service ?? 20,
    },
    disk: { saveUs: words.disk?.save ?? 2_000, bytesMax: words.disk?.size ?? limits.diskBytesMax },
    clock: { skewMaxUs: words.clock?.skew ?? 0, driftMaxPpm: Math.abs(words.clock?.drift ?? 0) },
    startStaggerUs: words.start?.stagger ?? 1_000,
  };
}

/** The longest span that the words of a latency name. */
function longestSpan(words: LatencyForm): number {
  if (typeof words === 'number') return words;
  const { constant = 0, uniform, exponential, logNormal, regions } = words;
  const single = [constant, uniform?.min ?? 0, uniform?.max ?? 0, exponential?.mean ?? 0, exponential?.min ?? 0, logNormal?.median ?? 0];
  // A table may be large, so it is not spread into arguments.
  return (regions?.median.flat() ?? []).reduce((longest, us) => Math.max(longest, us), Math.max(...single));
}

function resolveLatency(words: LatencyForm, report: Report): Latency {
  const path = ['network', 'latency'];
  checkSpan(longestSpan(words), networkSpanUsMax, path, report);
  if (typeof words === 'number') return { kind: 'constant', valueUs: words };
  const { constant, uniform, exponential, logNormal, regions } = words;
  if (Object.keys(words).length !== 1) {
    report(path, 'expected exactly one of constant, uniform, exponential, logNormal, regions');
  }
  if (uniform !== undefined) {
    if (uniform.min > uniform.max) report([...path, 'uniform'], 'min is larger than max');
    return { kind: 'uniform', minUs: uniform.min, maxUs: uniform.max };
  }
  if (exponential !== undefined) return { kind: 'exponential', meanUs: exponential.mean, minUs: exponential.min ?? 0 };
  if (logNormal !== undefined) return { kind: 'logNormal', medianUs: logNormal.median, sigma: logNormal.sigma };
  if (regions !== undefined) {
    const { names, median, sigma } = regions;
    const size = names.length;
    const square = size > 0 && median.length === size && median.every((row) => row.length === size);
    if (!square) report([...path, 'regions', 'median'], `expected ${size} rows of ${size} durations, one a pair of regions`);
    if (new Set(names).size < names.length) report([...path, 'regions', 'names'], 'names a region twice');
    return { kind: 'regions', regions: names, medianUs: median, sigma };
  }
  return { kind: 'constant', valueUs: constant ?? 0 };
}

/** The words of a weather, every key written out. */
export function weatherWordsOf({ network, device, disk, clock, startStaggerUs }: Weather): WeatherWords {
  return {
    network: {
      latency: latencyWordsOf(network.latency),
      loss: network.loss,
      bandwidth: network.bandwidthBitsPerSecond,
      duplicate: network.duplicate,
      reorder: network.reorder,
      corrupt: network.corrupt,
      mtu: network.mtuBytes,
      retransmit: network.retransmitUs,
      stallLimit: network.stallLimitUs,
      keepAlive: network.keepAliveUs,
      dialTimeout: network.dialTimeoutUs,
    },
    device: { speed: device.flopsPerSecond, spread: device.sigma, service: device.serviceUs },
    disk: { save: disk.saveUs, size: disk.bytesMax },
    clock: { skew: clock.skewMaxUs, drift: clock.driftMaxPpm },
    start: { stagger: startStaggerUs },
  };
}

function latencyWordsOf(latency: Latency): LatencyForm {
  switch (latency.kind) {
    case 'constant':
      return { constant: latency.valueUs };
    case 'uniform':
      return { uniform: { min: latency.minUs, max: latency.maxUs } };
    case 'exponential':
      return { exponential: { mean: latency.meanUs, min: latency.minUs } };
    case 'logNormal':
      return { logNormal: { median: latency.medianUs, sigma: latency.sigma } };
    case 'regions':
      return { regions: { names: latency.regions, median: latency.medianUs, sigma: latency.sigma } };
  }
}
