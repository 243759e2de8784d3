import { displayWidth, hang, padEnd, padStart } from './columns.ts';
import type { Paint, Style } from './paint.ts';
import type { Mark, TreeLine } from './tree-lines.ts';

const MARK_STYLES: Readonly<Record<Mark, Style | null>> = {
  ' ': null,
  '~': 'warn',
  '+': 'good',
  '-': 'bad',
  '…': 'dim',
};

/** Widths of the columns of a tree, in terminal columns; 0 for an empty column. */
export interface TableLayout {
  readonly text: number;
  readonly cost: number;
  readonly ratio: number;
  readonly rows: number;
  /** Width of the widest line. Lines without figures may extend over the figures' columns. */
  readonly total: number;
}

type FigureName = 'cost' | 'ratio' | 'rows';

const HEADER: Readonly<Record<FigureName, string>> = { cost: 'cost', ratio: '', rows: 'rows' };
const MARK_WIDTH = 2;
const GAP = '  ';
const MIN_TEXT = 24;

/** Lines of a text before it is cut, such as a list of hundreds of keys. */
const MAX_LINES = 4;
const CONTINUED = 4;

/** The narrowest layout for these lines, of at most `width` columns. */
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

/** True for a detail line below a node; it has no figures. */
function isDetail({ cost }: TreeLine): boolean {
  return cost === '';
}

/** The heading of a tree: its title and the names of the columns. */
export function headerLine(title: string, layout: TableLayout, paint: Paint): string {
  const line = { mark: ' ' as const, text: title, ...HEADER };
  return paint('dim', figures(line, layout, padEnd(`${' '.repeat(MARK_WIDTH)}${title}`, MARK_WIDTH + layout.text)));
}

/** One node or detail of a tree, in as many lines as it needs, each padded to the layout's width. */
export function tableLines(line: TreeLine, layout: TableLayout, paint: Paint): readonly string[] {
  const style = MARK_STYLES[line.mark];
  const room = isDetail(line) ? layout.total - MARK_WIDTH : layout.text;
  const indent = indentOf(line) + (isDetail(line) ? CONTINUED / 2 : CONTINUED);
  return hang(line.text, room, indent, MAX_LINES).map((part, at) => {
    const text = `${line.mark} ${padEnd(part, room)}`;
    const written = text.trimEnd();
    const painted = (style === null ? written : paint(style, written)) + ' '.repeat(text.length - written.length);
    if (isDetail(line)) return painted;
    return at === 0 ? figures(line, layout, painted) : painted + ' '.repeat(layout.total - MARK_WIDTH - room);
  });
}

/** True if every name of a node fits on a line unbroken. */
export function isRoomy(lines: readonly TreeLine[], { text: room }: TableLayout): boolean {
  return lines
    .filter((line) => !isDetail(line))
    .every((line) => {
      const longest = Math.max(...line.text.trim().split(' ').map(displayWidth));
      return displayWidth(line.text) <= room || indentOf(line) + CONTINUED + longest <= room;
    });
}

/** Columns before the first letter of a line. */
function indentOf({ text }: TreeLine): number {
  return /^ *(?:-> )?/.exec(text)?.[0].length ?? 0;
}

function figures(line: Pick<TreeLine, FigureName>, layout: TableLayout, text: string): string {
  const cells = (['cost', 'ratio', 'rows'] as const)
    .filter((name) => layout[name] > 0)
    .map((name) => padStart(line[name], layout[name]));
  const used = MARK_WIDTH + layout.text + cells.reduce((sum, cell) => sum + GAP.length + displayWidth(cell), 0);
  return [text, ...cells].join(GAP) + ' '.repeat(Math.max(0, layout.total - used));
}
