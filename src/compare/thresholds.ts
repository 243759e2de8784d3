import type { ThresholdOverrides, Thresholds } from '../model/suite.ts';

/** Applies overrides to thresholds in order, so that the last one, the query's, wins. Undefined keeps a value. */
export function mergeThresholds(defaults: Thresholds, ...overrides: readonly ThresholdOverrides[]): Thresholds {
  return overrides.reduce<Thresholds>(
    (merged, { cost, rows, shape, drift }) => ({
      cost: {
        warn: cost?.warn ?? merged.cost.warn,
        fail: cost?.fail ?? merged.cost.fail,
        ignoreBelow: cost?.ignoreBelow ?? merged.cost.ignoreBelow,
      },
      rows: { warn: rows?.warn ?? merged.rows.warn },
      shape: shape ?? merged.shape,
      drift: drift ?? merged.drift,
    }),
    defaults,
  );
}
