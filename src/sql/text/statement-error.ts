/**
 * The text is not SQL for PostgreSQL's lexer, or not a query that regress can plan; `offset` is the position, as a
 * string offset.
 */
export class StatementError extends Error {
  override readonly name = 'StatementError';
  readonly offset: number;
  /** True where the text is no single statement that PostgreSQL plans; false where it cannot be read as it is. */
  readonly isNoQuery: boolean;

  constructor(message: string, offset: number, isNoQuery = false) {
    super(message);
    this.offset = offset;
    this.isNoQuery = isNoQuery;
  }
}
