/** A program's last word: the last line of what it wrote, which most often says why it failed; cut at 300 characters. */
export function lastLine(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed
    .slice(trimmed.lastIndexOf('\n') + 1)
    .trim()
    .slice(0, 300);
}
