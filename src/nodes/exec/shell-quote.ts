/**
 * One command line from a list of arguments, for the one place where a shell cannot be avoided: ssh hands a string to
 * the login shell of the other side. Single quotes hold everything in POSIX shells but the single quote itself.
 */
export function shellQuote(argv: readonly string[]): string {
  return argv.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`)).join(' ');
}
