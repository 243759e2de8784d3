import { displayWidth, padEnd, padStart } from './columns.ts';
import type { Paint, Style } from './paint.ts';
import type { Mark, TreeLine } from './tree-lines.ts';

const MARK_STYLES: Readonly<Record<Mark, Style | null>> = {
  ' ': null,
  '~': 'warn',
  '+': 'good',
  '-': 'bad',
  '…': 'dim',
};

/** Widths of the columns of a tree; a column nothing stands in has none. */
export interface TableLayout {
  readonly text: number;
  readonly cost: number;
  readonly ratio: number;
  readonly rows: number;
  /** Of the widest line; lines without figures may use the room of the columns. */
  readonly total: number;
}

type FigureName = 'cost' | 'ratio' | 'rows';

const HEADER: Readonly<Record<FigureName, string>> = { cost: 'cost', ratio: '', rows: 'rows' };
const MARK_WIDTH = 2;
const GAP = '  ';
const MIN_TEXT = 24;

/** A layout of `width` columns at most, as narrow as the lines allow. */
export function layoutTable(lines: readonly TreeLine[], width: number): TableLayout {
  const column = (name: FigureName) => Math.max(HEADER[name].length, ...lines.map((line) => displayWidth(line[name])));
  const figures = { cost: column('cost'), ratio: column('ratio'), rows: column('rows') };
  const taken = MARK_WIDTH + Object.values(figures).reduce((sum, size) => sum + (size > 0 ? size + GAP.length : 0), 0);
  const longest = (chosen: readonly TreeLine[]) => Math.max(0, ...chosen.map(({ text }) => displayWidth(text)));
  const text = within(longest(lines.filter((line) => !isDetail(line))), MIN_TEXT, width - taken);
  const total = within(MARK_WIDTH + longest(lines.filter(isDetail)), taken + text, width);
  return { ...figures, text, total };
}

function within(wanted: number, least: number, most: number): number {
  return Math.max(least, Math.min(wanted, most));
}

/** True for a line below a node, which has no figures. */
function isDetail({ cost }: TreeLine): boolean {
  return cost === '';
}

/** The heading of a tree: what it is, and the names of the columns. */
export function headerLine(title: string, layout: TableLayout, paint: Paint): string {
  const line = { mark: ' ' as const, text: title, ...HEADER };
  return paint('dim', figures(line, layout, padEnd(`${' '.repeat(MARK_WIDTH)}${title}`, MARK_WIDTH + layout.text)));
}

/** One line of a tree, filled to the layout's whole width. */
export function tableLine(line: TreeLine, layout: TableLayout, paint: Paint): string {
  const style = MARK_STYLES[line.mark];
  const room = isDetail(line) ? layout.total - MARK_WIDTH : layout.text;
  const text = `${line.mark} ${padEnd(line.text, room)}`;
  const written = text.trimEnd();
  const painted = (style === null ? written : paint(style, written)) + ' '.repeat(text.length - written.length);
  return isDetail(line) ? painted : figures(line, layout, painted);
}

function figures(line: Pick<TreeLine, FigureName>, layout: TableLayout, text: string): string {
  const cells = (['cost', 'ratio', 'rows'] as const)
    .filter((name) => layout[name] > 0)
    .map((name) => padStart(line[name], layout[name]));
  const used = MARK_WIDTH + layout.text + cells.reduce((sum, cell) => sum + GAP.length + displayWidth(cell), 0);
  return [text, ...cells].join(GAP) + ' '.repeat(Math.max(0, layout.total - used));
}
