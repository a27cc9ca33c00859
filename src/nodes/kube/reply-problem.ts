import {parseJson, textAt} from '../../util/json.ts';

/** What a reply that is no success says, in one line: the message of the API server's Status, else the body's first words. */
export function replyProblem({status, body}: {readonly status: number; readonly body: string}): string {
  const output = textAt(parseJson(body), 'message') ?? body.trim().split('\n', 1)[0]?.slice(0, 200) ?? '';
  return output === '' ? `answered with status ${status}` : `${status}: ${output}`;
}
