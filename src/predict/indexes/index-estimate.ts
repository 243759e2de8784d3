import type { SizeEstimate } from '../../model/unknown-object.ts';
import type { SideIndex } from '../../restore/index.ts';

/** What a model says of an index: the figures of its side row. */
export type IndexEstimate = Pick<
  SideIndex,
  'pages' | 'tree_height' | 'brin_revmap_pages' | 'gin' | 'range_min' | 'range_max'
> & {
  readonly tuples: number;
  /** Sentences, see SizeEstimate. */
  readonly basis: readonly string[];
};

/** What a model says of objects that production does not have, by the target's OID. */
export type Estimates = Map<number, SizeEstimate>;
