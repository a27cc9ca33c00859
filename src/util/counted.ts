/** A number with its noun: `1 line`, `2 lines`, `0 matches`. `many` is the plural where it is not made with an s. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
