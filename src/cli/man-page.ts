import type {Command, Option} from 'commander';

/** A key as the man page tells it. */
export interface ManKey {
  readonly keys: readonly string[];
  readonly pane: string;
  readonly what: string;
  /** It is one of a recording that is played back. */
  readonly replay?: true;
}

/** The man page ktop(1), from the table of the options and that of the keys. */
export function manPage(program: Command, keys: readonly ManKey[], version: string): string {
  const option = ({flags, description, argChoices}: Option): readonly string[] => [
    '.TP',
    `.B ${escaped(flags)}`,
    escaped(argChoices === undefined ? description : `${description} (${argChoices.join(', ')})`),
  ];
  const command = (one: Command): readonly string[] => [
    '.TP',
    `.B ktop ${escaped(`${one.name()} ${one.usage()}`)}`,
    escaped(one.description()),
  ];
  const key = ({keys: own, pane, what, replay}: ManKey): readonly string[] => [
    '.TP',
    `.B ${escaped(own.join(' '))}`,
    escaped(replay === true ? `recording: ${what}` : pane === 'all' ? what : `${pane}: ${what}`),
  ];
  return [
    `.TH KTOP 1 "" "ktop ${escaped(version)}" "User Commands"`,
    '.SH NAME',
    "ktop \\- watch one Kubernetes node's kubelet",
    '.SH SYNOPSIS',
    '.B ktop',
    '[\\fIoptions\\fR]',
    '.br',
    '.B ktop',
    '\\fIcommand\\fR [\\fIoptions\\fR]',
    '.SH DESCRIPTION',
    escaped(program.description()),
    '.PP',
    'Without a node it offers those that it sees.',
    '.SH OPTIONS',
    ...program.options.flatMap(option),
    '.SH COMMANDS',
    ...program.commands.flatMap(command),
    '.SH KEYS',
    ...keys.flatMap(key),
    '.SH FILES',
    '.TP',
    '.I ~/.config/ktop/config.yaml',
    'Options without their dashes, and keys; YAML, or JSON with comments (config.json). See ktop config \\-\\-print.',
    '.SH ENVIRONMENT',
    '.TP',
    '.B KTOP_NODE, KTOP_TOKEN, KTOP_TOKEN_FILE, KUBECONFIG, NO_COLOR',
    'Flags win over the environment, the environment over the file.',
    '.SH EXIT STATUS',
    '0 when it worked, 1 when it did not, 2 when nothing was run.',
    '',
  ].join('\n');
}

/** Text as roff takes it: no line is a request, a dash is one that can be copied. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1')
    .replace(
      /[^\x20-\x7e]/g,
      (character) => `\\[u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}
