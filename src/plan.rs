//! Scenarios and sides, ordered and filled with inputs, from a seed.
