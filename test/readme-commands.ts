import {readFileSync} from 'node:fs';
import {join} from 'node:path';

const text = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
const blocks = /^```.*\n([\s\S]*?)^```/gm;

/** The lines of the README's shell blocks, without what they say behind `#`. */
export function shellLines(): readonly string[] {
  return [...text.matchAll(blocks)].flatMap(([, block = '']) =>
    block
      .trim()
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, '')),
  );
}

/** The programs that the README types. */
const programs = /^(?:ktop|npm|npx|apt-get|kubectl|docker|curl|grep|jq|chown|chmod|mv|systemctl|journalctl|vi) /;

/** What stands as a command in the midst of the README's text. */
export function commandsInText(): readonly string[] {
  const spans = [...text.replace(blocks, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return [...new Set(spans.filter((span) => programs.test(span)))];
}

/** The command of the text that this fits, for whoever runs it. */
export function commandInText(pattern: RegExp): string {
  const found = commandsInText().find((command) => pattern.test(command));
  if (found === undefined) throw new Error(`README.md has no command like ${pattern.source}`);
  return found;
}

/** What is typed by hand in place of ktop, as the README's table has it; the program's name first. */
export function typedByHand(): readonly string[] {
  return commandsInText().filter((command) => !/^(?:ktop|npm|npx|apt-get|kubectl) /.test(command));
}
