/**
 * Values a list gets whose length is not known: what the planner itself assumes of an array that it does not know
 * (estimate_array_length in selfuncs.c).
 */
export const ASSUMED_LIST_LENGTH = 10;
