import {clip} from '../../model/draw/safe-text.ts';
import {parseJson, textAt} from '../../util/json.ts';

/** A message of the API server names what was asked for; longer than this it is no sentence any more. */
const longestMessage = 1000;

const mostRead = 64 * 1024;

/** What a reply that is no success says, in one line: the message of the API server's Status, else the body's first words. */
export function replyProblem({status, body: whole}: {readonly status: number; readonly body: string}): string {
  // A login page in front of the API server, most often.
  if (status >= 300 && status <= 399) return `${status}: it sends us elsewhere, where no credential of ours goes`;
  // No refusal of Kubernetes is longer; what goes on for megabytes is not parsed.
  const body = whole.slice(0, mostRead);
  const output = textAt(parseJson(body), 'message') ?? clip(firstWords(body), 400);
  return output === '' ? `answered with status ${status}` : `${status}: ${clip(output, longestMessage)}`;
}

/** So many lines say what the one before them announces. */
const mostLines = 4;

/**
 * The first line; with what follows where it ends with a colon, as metrics that cannot be collected are told of
 * (`An error has occurred while serving metrics:`, `2 error(s) occurred:`, each in a line of its own).
 */
function firstWords(body: string): string {
  const lines = body.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  const end = lines.findIndex((line) => !line.endsWith(':'));
  return lines.slice(0, Math.min(mostLines, end === -1 ? 1 : end + 1)).join(' ');
}
