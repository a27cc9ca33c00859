import {fetchProfile, profileName, type ProfileKind} from '../commands/profile.ts';
import {describeFailure, toFailure} from '../model/failure.ts';
import {NodeError} from '../nodes/node-error.ts';
import type {Node} from '../nodes/node.ts';
import {Ending} from '../session/ending.ts';
import {complain, noteLine} from '../terminal/print.ts';

export interface ProfileOptions {
  readonly profile: ProfileKind;
  readonly seconds: number;
  /** The file to write; null: one in the present folder with a name of its own. */
  readonly file: string | null;
}

/** Fetches a profile of a node's kubelet. Resolves with the exit code, or with why there is no node. */
export async function runProfile(
  {profile, seconds, file}: ProfileOptions,
  find: (signal: AbortSignal) => Promise<Node>,
): Promise<number | NodeError> {
  const ended = new AbortController();
  const ending = new Ending(null);
  const run = async (): Promise<number | NodeError> => {
    let node: Node | null = null;
    try {
      node = await find(ended.signal);
      const path = file ?? profileName(node.name, profile, new Date());
      const route = await node.openRoute(ended.signal);
      try {
        for await (const step of fetchProfile(route, {kind: profile, seconds, path}, ended.signal)) noteLine(step);
      } finally {
        await route.close();
      }
      return 0;
    } catch (error) {
      if (error instanceof NodeError) return error;
      if (!ended.signal.aborted) complain(describeFailure(toFailure(error, `${profile} profile`)));
      return 1;
    } finally {
      await node?.close();
    }
  };
  try {
    const running = run();
    const first = await Promise.race([running, ending.code.then((code) => ({code}))]);
    if (typeof first === 'number' || first instanceof NodeError) return first;
    // What is half is taken away before the end.
    ended.abort();
    await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 800))]);
    return first.code;
  } finally {
    ending.release();
  }
}
