/** Stands in for `react-devtools-core` in the bundle: Ink only loads it in development. */
export default {};
