/**
 * Brings a list of arguments through whatever shell a user has at the other end of ssh, which gets one string: POSIX
 * shells, csh and tcsh, fish. What all of them read alike is a word in single quotes without line breaks, and `'`, `!`
 * and `\` behind a backslash outside of the quotes. So line breaks travel as `\n`, and this small program, in plain `sh`,
 * turns them back and becomes the command: as root without asking, or as ourselves where we are root already.
 */
const decodes = [
  'i=$#',
  'while [ $i -gt 0 ]; do a=$(printf %b. "$1"); shift; set -- "$@" "${a%.}"; i=$((i-1)); done',
  'if [ "$(id -u)" = 0 ]; then exec "$@"; else exec sudo -n -- "$@"; fi',
].join('; ');

/** The one string for the login shell of the other side, that runs `argv` there as root. */
export function loginShellCommand(argv: readonly string[]): string {
  const encoded = argv.map((arg) => arg.replaceAll('\\', '\\\\').replaceAll('\n', '\\n'));
  return ['sh', '-c', decodes, 'ktop', ...encoded].map(quoted).join(' ');
}

function quoted(word: string): string {
  if (/^[\w%+,./:@-]+$/.test(word)) return word;
  return word
    .split(/(['!\\])/)
    .map((part, index) => (index % 2 === 1 ? `\\${part}` : part === '' ? '' : `'${part}'`))
    .join('')
    .replace(/^$/, "''");
}
