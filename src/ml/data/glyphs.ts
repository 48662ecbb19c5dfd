/**
 * The outlines of the ten digits as strokes: what `digits` draws before any jitter.
 *
 * A stroke is a polyline in a square from −1 to 1, x to the right and y down. Curves are cut into
 * chords once, with the kernel's own sine and cosine, so every engine gets the same points. The
 * shapes are this project's own.
 */
import { cos, sin } from '../../kernel/arithmetic.ts';

/** x0, y0, x1, y1, … */
export type Stroke = readonly number[];

const radiansPerDegree = 0.017453292519943295;

/** Points of an elliptic arc; angles in degrees, 0 to the right, growing clockwise because y is down. */
function arc(centerX: number, centerY: number, radiusX: number, radiusY: number, from: number, to: number): number[] {
  const chords = Math.max(2, Math.ceil(Math.abs(to - from) / 30));
  const points: number[] = [];
  for (let index = 0; index <= chords; index += 1) {
    const angle = (from + ((to - from) * index) / chords) * radiansPerDegree;
    points.push(centerX + radiusX * cos(angle), centerY + radiusY * sin(angle));
  }
  return points;
}

/** Strokes of each digit, at the index of its class. */
export const glyphs: readonly (readonly Stroke[])[] = [
  [arc(0, 0, 0.6, 0.92, 0, 360)],
  [[-0.3, -0.55, 0.08, -0.92, 0.08, 0.92]],
  [[...arc(0, -0.42, 0.55, 0.5, 190, 390), -0.58, 0.9, 0.62, 0.9]],
  [[...arc(-0.02, -0.46, 0.5, 0.46, 205, 450), ...arc(-0.02, 0.44, 0.58, 0.48, 270, 515)]],
  [
    [0.2, -0.92, -0.62, 0.3, 0.66, 0.3],
    [0.3, -0.3, 0.3, 0.92],
  ],
  [[0.52, -0.9, -0.42, -0.9, -0.48, -0.12, ...arc(-0.02, 0.34, 0.58, 0.56, 235, 510)]],
  [[0.42, -0.9, ...arc(0.05, 0.38, 0.6, 0.95, 245, 180), ...arc(0, 0.42, 0.55, 0.5, 180, 540)]],
  [[-0.58, -0.88, 0.6, -0.88, -0.12, 0.92]],
  [arc(0, -0.46, 0.46, 0.46, 90, 450), arc(0, 0.46, 0.56, 0.46, 270, 630)],
  [[...arc(0, -0.42, 0.54, 0.5, 0, 360), 0.5, 0.2, 0.3, 0.92]],
];
