import {clip} from '../../model/draw/safe-text.ts';
import {parseJson, textAt} from '../../util/json.ts';

/** A message of the API server names what was asked for; longer than this it is no sentence any more. */
const longestMessage = 1000;

/** What a reply that is no success says, in one line: the message of the API server's Status, else the body's first words. */
export function replyProblem({status, body}: {readonly status: number; readonly body: string}): string {
  const output = textAt(parseJson(body), 'message') ?? clip(body.trim().split('\n', 1)[0] ?? '', 200);
  return output === '' ? `answered with status ${status}` : `${status}: ${clip(output, longestMessage)}`;
}
