/** Curves over a common axis. */
export interface Plot {
  /** Names the file too. */
  name: string;
  title: string;
  x: Axis;
  y: Axis;
  curves: { name: string; points: readonly (readonly [x: number, y: number])[] }[];
}

interface Axis {
  label: string;
  /** For what grows tenfold from point to point. */
  log?: boolean;
}

const WIDTH = 640;
const HEIGHT = 360;
const BOX = { left: 70, right: 20, top: 40, bottom: 50 };
const COLOURS = ['#2563eb', '#d97706', '#059669', '#7c3aed'];

/** The plot as SVG, to be shown on a light or a dark page. Y begins at 0. */
export function svg(plot: Plot): string {
  const all = plot.curves.flatMap(({ points }) => points);
  const x = scale(
    all.map(([value]) => value),
    plot.x,
    [BOX.left, WIDTH - BOX.right],
  );
  const heights = [0, ...all.map(([, value]) => value * 1.1)];
  const y = scale(heights, { label: '' }, [HEIGHT - BOX.bottom, BOX.top]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(WIDTH / 2, 20, plot.title, 'font-size="14" text-anchor="middle"'),
    ...y.ticks.map((tick) => grid(y.at(tick), tick)),
    ...x.ticks.map((tick) => text(x.at(tick), HEIGHT - 32, short(tick), 'text-anchor="middle"')),
    text(WIDTH / 2, HEIGHT - 12, plot.x.label, 'text-anchor="middle"'),
    text(
      16,
      HEIGHT / 2,
      plot.y.label,
      `text-anchor="middle" transform="rotate(-90 16 ${HEIGHT / 2})"`,
    ),
    ...plot.curves.flatMap((curve, i) =>
      drawn(curve, COLOURS[i % COLOURS.length] ?? '#000', i, x.at, y.at),
    ),
    '</svg>\n',
  ].join('\n');
}

function drawn(
  { name, points }: Plot['curves'][number],
  colour: string,
  place: number,
  x: (value: number) => number,
  y: (value: number) => number,
): string[] {
  const path = points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ');
  const legend = HEIGHT - BOX.bottom - 60 + 14 * place;
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    `<rect x="${WIDTH - 170}" y="${legend}" width="10" height="10" fill="${colour}"/>`,
    text(WIDTH - 154, legend + 9, name, ''),
  ];
}

function grid(y: number, tick: number): string {
  const line = `<line x1="${BOX.left}" x2="${WIDTH - BOX.right}" y1="${y}" y2="${y}" stroke="#ddd"/>`;
  return line + text(BOX.left - 8, y + 4, short(tick), 'text-anchor="end"');
}

function text(x: number, y: number, words: string, attributes: string): string {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" fill="#333" ${attributes}>${safe}</text>`;
}

function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1e4 ? `${value / 1e3}k` : String(value);
}

/** Where values lie between two ends, and the ticks to show: whole steps, or powers of ten. */
function scale(values: readonly number[], axis: Axis, [from, to]: [number, number]) {
  const as = axis.log ? Math.log10 : (value: number) => value;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = as(high) - as(low) || 1;
  const at = (value: number) => from + ((as(value) - as(low)) / span) * (to - from);
  return { at, ticks: axis.log ? powers(low, high) : steps(low, high) };
}

function steps(low: number, high: number): number[] {
  const rough = (high - low) / 5 || 1;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * ([1, 2, 5, 10].find((times) => times * unit >= rough) ?? 10);
  const count = Math.floor((high - low) / step) + 1;
  return Array.from({ length: count }, (_, i) => Number((low + i * step).toPrecision(12)));
}

function powers(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low));
  const count = Math.floor(Math.log10(high)) - first + 1;
  return Array.from({ length: count }, (_, i) => 10 ** (first + i));
}
