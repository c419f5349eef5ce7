/**
 * Where the steps of a workflow stand in its drawing, and which way the lines between them go.
 *
 * Steps stand in columns, each as far right as the longest way to it; beside each other they stand in lanes, the way that
 * goes on longest in the topmost. A line to the next column goes through the gap between; one that passes a step by goes over
 * the top; one that leads back goes along the bottom. Pure, in pixels of the drawing, the same for server and browser.
 */
export type LaidStep = { id: string };
export type LaidEdge = { from: string; to: string; label?: string };

/** Where a step stands; columns and lanes count from 0. */
export type Place = { column: number; lane: number };

export type DrawnLine<Edge extends LaidEdge> = {
  edge: Edge;
  /** An SVG path from the one step to the other. */
  path: string;
  /** The path of the arrow's head at its end. */
  head: string;
  /** It leads to a step before. */
  back: boolean;
  /** The label's lines, centred on `x`, the first standing on `y`. */
  label?: { x: number; y: number; lines: readonly string[] };
};

export type WorkflowLayout<Edge extends LaidEdge> = {
  width: number;
  height: number;
  columns: number;
  lanes: number;
  /**
   * How many lines go over the top, how many ways there is room for below the lanes: each takes
   * `measures.channel`.
   */
  above: number;
  below: number;
  places: ReadonlyMap<string, Place>;
  lines: readonly DrawnLine<Edge>[];
};

/** In pixels. The drawing's own classes say the same. */
export const measures = { width: 148, height: 88, gapX: 70, gapY: 40, channel: 24, text: 13 } as const;

const { width, height, gapX, gapY, channel, text } = measures;
const head_size = 5;

/** Lays a workflow out; the first step is where it begins. An edge from or to a step that is not there is left out. */
export function layOut<Edge extends LaidEdge>(
  steps: readonly LaidStep[],
  edges: readonly Edge[],
): WorkflowLayout<Edge> {
  const ids = steps.map(({ id }) => id);
  const known = edges.filter(({ from, to }) => ids.includes(from) && ids.includes(to));
  const { order, back } = walk(ids, known);
  const forward = known.filter((edge) => !back.has(edge));
  const places = placesOf(ids, order, forward);
  const at = (id: string): Place => places.get(id) ?? { column: 0, lane: 0 };
  const standing = [...places.values()];
  const columns = Math.max(0, ...standing.map(({ column }) => column + 1));
  const lanes = Math.max(0, ...standing.map(({ lane }) => lane + 1));

  const over = forward.filter(({ from, to }) => isInTheWay(standing, at(from), at(to)));
  const under = known.filter((edge) => back.has(edge));
  const top = over.length * channel;
  const bottom = top + lanes * height + Math.max(0, lanes - 1) * gapY;
  const grid: Grid = { standing, top };
  const returns = new Map(
    under.map((edge, index) => [
      edge,
      bottomBetween(grid, at(edge.from), at(edge.to)) + (index + 0.5) * channel,
    ]),
  );
  const below = Math.max(
    0,
    ...[...returns.values()].map((y) => Math.ceil((y + channel / 2 - bottom) / channel)),
  );
  return {
    width: columns * width + Math.max(0, columns - 1) * gapX,
    height: bottom + below * channel,
    columns,
    lanes,
    above: over.length,
    below,
    places,
    lines: known.map((edge) => {
      const [from, to] = [at(edge.from), at(edge.to)];
      const returning = returns.get(edge);
      if (returning !== undefined) return around(edge, true, grid, from, to, returning);
      if (over.includes(edge)) {
        const y = top - (over.indexOf(edge) + 0.5) * channel;
        return around(edge, false, grid, from, to, y);
      }
      return through(edge, grid, from, to);
    }),
  };
}

/** Every step after those that lead to it, and the edges that would close a circle. */
function walk<Edge extends LaidEdge>(ids: readonly string[], edges: readonly Edge[]) {
  const back = new Set<Edge>();
  const entered = new Set<string>();
  const left: string[] = [];
  const enter = (id: string) => {
    entered.add(id);
    for (const edge of edges)
      if (edge.from === id) {
        if (!entered.has(edge.to)) enter(edge.to);
        else if (!left.includes(edge.to)) back.add(edge);
      }
    left.push(id);
  };
  for (const id of ids) if (!entered.has(id)) enter(id);
  return { order: left.reverse(), back };
}

function placesOf(
  ids: readonly string[],
  order: readonly string[],
  forward: readonly LaidEdge[],
): ReadonlyMap<string, Place> {
  const column = new Map<string, number>();
  for (const id of order) {
    const before = forward.filter(({ to }) => to === id).map(({ from }) => column.get(from) ?? 0);
    column.set(id, Math.max(-1, ...before) + 1);
  }
  const goesOn = new Map<string, number>();
  for (const id of order.toReversed()) {
    const after = forward.filter(({ from }) => from === id).map(({ to }) => goesOn.get(to) ?? 0);
    goesOn.set(id, Math.max(-1, ...after) + 1);
  }
  const places = new Map<string, Place>();
  const columns = Math.max(0, ...column.values()) + 1;
  for (let each = 0; each < columns; each++) {
    const wanted = ids
      .filter((id) => column.get(id) === each)
      .map((id) => ({
        id,
        lane: Math.min(
          Number.MAX_SAFE_INTEGER,
          ...forward.filter(({ to }) => to === id).map(({ from }) => places.get(from)?.lane ?? 0),
        ),
        goesOn: goesOn.get(id) ?? 0,
      }))
      .map((one) => ({ ...one, lane: one.lane === Number.MAX_SAFE_INTEGER ? 0 : one.lane }))
      .sort((one, other) => one.lane - other.lane || other.goesOn - one.goesOn);
    let free = 0;
    for (const { id, lane } of wanted) {
      places.set(id, { column: each, lane: Math.max(lane, free) });
      free = Math.max(lane, free) + 1;
    }
  }
  return places;
}

/** A step stands on the straight way that a line over several columns would take in its target's lane. */
function isInTheWay(standing: readonly Place[], from: Place, to: Place): boolean {
  return standing.some(({ column, lane }) => column > from.column && column < to.column && lane === to.lane);
}

type Grid = { standing: readonly Place[]; top: number };
type Point = readonly [x: number, y: number];

const leftOf = ({ column }: Place) => column * (width + gapX);
const topOf = ({ lane }: Place, { top }: Grid) => top + lane * (height + gapY);
const middleOf = (place: Place, grid: Grid) => topOf(place, grid) + height / 2;

/** Where the steps of the columns from the one to the other end. */
function bottomBetween(grid: Grid, one: Place, other: Place): number {
  const [first, last] = [Math.min(one.column, other.column), Math.max(one.column, other.column)];
  const between = grid.standing.filter(({ column }) => column >= first && column <= last);
  return Math.max(...between.map((place) => topOf(place, grid) + height));
}

function through<Edge extends LaidEdge>(edge: Edge, grid: Grid, from: Place, to: Place): DrawnLine<Edge> {
  const [start, end] = [leftOf(from) + width, leftOf(to)];
  const [y1, y2] = [middleOf(from, grid), middleOf(to, grid)];
  const bend = start + gapX / 2;
  const drawn = arrow([
    [start, y1],
    [bend, y1],
    [bend, y2],
    [end, y2],
  ]);
  const lines = linesOf(edge.label);
  if (lines.length === 0) return { edge, ...drawn, back: false };
  const y =
    y1 === y2
      ? y1 - 6 - (lines.length - 1) * text
      : Math.max(y1, y2) - (height + gapY) / 2 + 4 - ((lines.length - 1) * text) / 2;
  return { edge, ...drawn, back: false, label: { x: bend, y, lines } };
}

/** Out of the one step, along `y` outside all lanes, and into the other. */
function around<Edge extends LaidEdge>(
  edge: Edge,
  back: boolean,
  grid: Grid,
  from: Place,
  to: Place,
  y: number,
): DrawnLine<Edge> {
  const aside = back ? width / 4 : 0;
  const outermost = (place: Place) =>
    grid.standing.every(
      ({ column, lane }) => column !== place.column || (back ? lane <= place.lane : lane >= place.lane),
    );
  const edgeOf = (place: Place) => topOf(place, grid) + (back ? height : 0);
  // Where another step stands between a step and the outside, the line goes through the gap beside it.
  const out: Point[] = outermost(from)
    ? [
        [leftOf(from) + width / 2 + aside / 2, edgeOf(from)],
        [leftOf(from) + width / 2 + aside / 2, y],
      ]
    : [
        [leftOf(from) + width, middleOf(from, grid) + 8],
        [leftOf(from) + width + gapX / 4, middleOf(from, grid) + 8],
        [leftOf(from) + width + gapX / 4, y],
      ];
  const into: Point[] = outermost(to)
    ? [
        [leftOf(to) + width / 2 - aside / 2, y],
        [leftOf(to) + width / 2 - aside / 2, edgeOf(to)],
      ]
    : [
        [leftOf(to) - gapX / 4, y],
        [leftOf(to) - gapX / 4, middleOf(to, grid) - 8],
        [leftOf(to), middleOf(to, grid) - 8],
      ];
  const x = (out.at(-1)![0] + into[0]![0]) / 2;
  return {
    edge,
    ...arrow([...out, ...into]),
    back,
    label: edge.label ? { x, y: y + 4, lines: [edge.label] } : undefined,
  };
}

const label_characters_max = 10;

/** The words of a label in lines that fit a gap; a longer word has a line of its own. */
function linesOf(label: string | undefined): string[] {
  const lines: string[] = [];
  for (const word of label?.split(/\s+/).filter(Boolean) ?? []) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= label_characters_max)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A line along these points with its head at the last one. */
function arrow(points: readonly Point[]): { path: string; head: string } {
  const [[fromX, fromY], [x, y]] = points.slice(-2) as [Point, Point];
  const [along, down] = [Math.sign(x - fromX) * head_size, Math.sign(y - fromY) * head_size];
  const sides = [
    [x - along - down, y - down - along],
    [x - along + down, y - down + along],
  ] as const;
  return {
    path: rounded(points),
    head: `M${sides[0].join(" ")} L${x} ${y} L${sides[1].join(" ")}`,
  };
}

const radius = 8;

/** A line along these points with its corners rounded. */
function rounded(points: readonly Point[]): string {
  const corners = points.filter(
    (point, index) => index === 0 || point[0] !== points[index - 1]![0] || point[1] !== points[index - 1]![1],
  );
  const parts = [`M${corners[0]!.join(" ")}`];
  for (let index = 1; index < corners.length - 1; index++) {
    const [before, corner, after] = [corners[index - 1]!, corners[index]!, corners[index + 1]!];
    parts.push(
      `L${towards(corner, before).join(" ")} Q${corner.join(" ")} ${towards(corner, after).join(" ")}`,
    );
  }
  parts.push(`L${corners.at(-1)!.join(" ")}`);
  return parts.join(" ");
}

/** The point a corner's radius away from it, or half the way where that is nearer. */
function towards([x, y]: Point, [otherX, otherY]: Point): Point {
  const [dx, dy] = [otherX - x, otherY - y];
  const distance = Math.hypot(dx, dy);
  const share = Math.min(radius, distance / 2) / distance;
  return [x + dx * share, y + dy * share];
}
