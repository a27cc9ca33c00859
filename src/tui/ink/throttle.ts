/**
 * In place of what Ink holds its frames back with: `Frames` says when one is drawn, and then it is drawn at once. By Ink's
 * own limit a key within a sixtieth of a second of another frame would wait for a timer, and that for what a flood of lines
 * keeps the program busy with.
 */
export const throttle = <Call extends (...values: never) => unknown>(call: Call): Call => call;
