/** Says that nothing may be changed, and who said so. */
export function readOnlyText(what: string, where: string): string {
  return `${what} would change something, and ktop may only read: ${where} says so`;
}
