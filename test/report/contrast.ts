/** Contrast of two colours by WCAG 2.2: relative luminance and its ratio. */

/** The three channels of `#rrggbb` or `rgb(r, g, b)`, each in [0, 255]. */
function channelsOf(colour: string): number[] {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/u.exec(colour);
  if (hex !== null) return hex.slice(1).map((part) => Number.parseInt(part, 16));
  const channels = /^rgba?\((\d+), (\d+), (\d+)/u.exec(colour)?.slice(1).map(Number);
  if (channels === undefined) throw new Error(`"${colour}" is no colour that this reads`);
  return channels;
}

function luminanceOf(colour: string): number {
  const [red, green, blue] = channelsOf(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

/** From 1 (the same) to 21 (black on white). */
export function contrastOf(colour: string, ground: string): number {
  const [light, dark] = [luminanceOf(colour), luminanceOf(ground)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}
