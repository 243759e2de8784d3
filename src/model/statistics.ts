/** One slot of pg_statistic (stakindN, staopN, stacollN, stanumbersN, stavaluesN); see pg_statistic.h. */
export interface StatisticsSlot {
  readonly stakind: number;
  /** regoperator text, or null for 0. */
  readonly staop: string | null;
  /** regcollation text, or null for 0. */
  readonly stacoll: string | null;
  /** float4[] text. */
  readonly stanumbers: string | null;
  /** anyarray text. */
  readonly stavalues: string | null;
  /** regtype text of the elements of stavalues. */
  readonly elemtype: string | null;
  /** For common values of a system catalog: object names by OID, see readObjectNames. */
  readonly names?: Readonly<Record<string, string>>;
}

/** The statistics of one column, index column or expression. */
export interface AttributeStatistics {
  readonly null_frac: number;
  /** Bytes. */
  readonly avg_width: number;
  readonly n_distinct: number;
  /** Used slots, in the order of pg_statistic. */
  readonly slots: readonly StatisticsSlot[];
}

export interface ColumnStatistics extends AttributeStatistics {
  readonly attname: string;
  readonly inherited: boolean;
}

export interface IndexColumnStatistics extends AttributeStatistics {
  /** pg_attribute.attnum in the index, from 1. */
  readonly attnum: number;
  /** False for the row of an index; kept because pg_statistic has it. */
  readonly inherited: boolean;
}

export interface NdistinctItem {
  /** Column names, or `-1`, `-2`… for the statistics object's expressions in order. */
  readonly attributes: readonly string[];
  readonly ndistinct: number;
}

export interface DependencyItem {
  /** Determining attributes, named as in NdistinctItem; the last one is the dependent. */
  readonly attributes: readonly string[];
  readonly degree: number;
}

export interface McvItem {
  /** One value per dimension (columns by attnum, then expressions), as text; null for NULL. */
  readonly values: readonly (string | null)[];
  readonly frequency: number;
  readonly base_frequency: number;
}

/** One row of pg_statistic_ext_data. */
export interface ExtendedStatisticsData {
  readonly inherited: boolean;
  readonly ndistinct: readonly NdistinctItem[] | null;
  readonly dependencies: readonly DependencyItem[] | null;
  readonly mcv: readonly McvItem[] | null;
  /** One per expression, in order; null if ANALYZE left none. */
  readonly expressions: readonly (AttributeStatistics | null)[] | null;
}

export interface ExtendedStatistics {
  readonly schemaname: string;
  readonly statistics_name: string;
  /** pg_get_statisticsobjdef. */
  readonly definition: string;
  /** Columns in the order of stxkeys (attribute number). */
  readonly columns: readonly string[];
  /** Position among the statistics objects of its table in the order of production's OIDs, from 1. */
  readonly ordinal: number;
  /** Empty if never analyzed; two rows for partitioned tables and inheritance parents. */
  readonly data: readonly ExtendedStatisticsData[];
}
