/** Facts about a type that the rules for slots need. */
export interface TypeFacts {
  readonly oid: number;
  /** The type under all domains; the type itself if it is no domain. */
  readonly base: number;
  /** Type of an array's elements; null if it is not an array. */
  readonly element: number | null;
  /** For a range the type itself, for a multirange its range type; otherwise null. */
  readonly range: number | null;
  readonly collatable: boolean;
  /** Separates the elements in the text of an array of this type. */
  readonly delimiter: string;
  /** Types whose operators accept its values unchanged: its base type, binary-coercible and polymorphic types. */
  readonly takenAs: ReadonlySet<number>;
}

export interface OperatorFacts {
  readonly left: number;
  readonly right: number;
  /** True for the equality of a B-tree or hash operator family. */
  readonly equality: boolean;
  /** True for the less-than of a B-tree operator family. */
  readonly less: boolean;
}

/**
 * Everything the server knows about the names in a slot, and about its column; undefined for names it does not know.
 */
export interface SlotFacts {
  /** The column's or expression's type. */
  readonly column: TypeFacts;
  typeOf(oid: number): TypeFacts | undefined;
  typeNamed(name: string): TypeFacts | undefined;
  operatorNamed(name: string): OperatorFacts | undefined;
  hasCollation(name: string): boolean;
}

/** Why a slot breaks a rule; null if it does not. */

export type Mistake = string | null;
