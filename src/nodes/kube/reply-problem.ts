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
  const output = textAt(parseJson(body), 'message') ?? clip(body.trim().split('\n', 1)[0] ?? '', 200);
  return output === '' ? `answered with status ${status}` : `${status}: ${clip(output, longestMessage)}`;
}
