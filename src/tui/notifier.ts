import type {Event} from '../model/event.ts';
import {News} from '../model/notify/news.ts';
import {notification, notifySequence, type NotifyWays} from '../model/notify/sequence.ts';
import {localMs} from '../model/time.ts';
import type {NotifyOptions} from '../session/options.ts';
import type {PaneModels} from '../session/pane-models.ts';
import type {Store} from '../session/store.ts';
import {writeSequence} from '../terminal/print.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Notifies the user on the terminal of what happens while nobody looks; null where that was not asked for. */
export function notifierOf(
  {bell, desktop}: NotifyOptions,
  env: Env,
  models: PaneModels,
  write: (sequence: string) => void = writeSequence,
): ((event: Event, store: Store) => void) | null {
  if (!bell && desktop === null) return null;
  const ways: NotifyWays = {
    bell,
    desktop: desktop === 'auto' ? notifySequence(env) : desktop,
    tmux: (env.TMUX ?? '') !== '',
  };
  const {journal, housekeeping} = models;
  const begunAt = localMs(Date.now());
  const news = new News({
    since: () => housekeeping.nodeTime(begunAt),
    pattern: () => journal.filter.criteria.grep?.source ?? null,
    shows: (entry) => journal.filter.shows(entry),
  });
  return (event, {status}) => {
    const nodeNow = housekeeping.nodeTime(localMs(Date.now()));
    const text = news.take(event, {status, nodeNow, elapsedMs: performance.now()});
    if (text !== null) write(notification(text, ways));
  };
}
