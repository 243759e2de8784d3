/** What of a type the rules of slots depend on. */
export interface TypeFacts {
  readonly oid: number;
  /** The type below all domains. */
  readonly base: number;
  /** Of an array's elements; null for what is no array. */
  readonly element: number | null;
  /** Of a range the range itself, of a multirange its range; else null. */
  readonly range: number | null;
  readonly collatable: boolean;
  /** Between the elements in the text of an array of it. */
  readonly delimiter: string;
  /** Types whose operators take its values as they are: its base, binary-coercible and polymorphic ones. */
  readonly takenAs: ReadonlySet<number>;
}

export interface OperatorFacts {
  readonly left: number;
  readonly right: number;
  /** The equality of a B-tree or hash operator family. */
  readonly equality: boolean;
  /** The less-than of a B-tree operator family. */
  readonly less: boolean;
}

/** All that the server knows of the names in a slot and of its column; null and undefined where it knows nothing. */
export interface SlotFacts {
  /** The column's or expression's type. */
  readonly column: TypeFacts;
  typeOf(oid: number): TypeFacts | undefined;
  typeNamed(name: string): TypeFacts | undefined;
  operatorNamed(name: string): OperatorFacts | undefined;
  hasCollation(name: string): boolean;
}

/** Why a rule was broken. */
export type Mistake = string | null;
