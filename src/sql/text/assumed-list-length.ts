/**
 * Number of values in a list of unknown length. The planner assumes the same for an unknown array
 * (estimate_array_length in selfuncs.c).
 */
export const ASSUMED_LIST_LENGTH = 10;
