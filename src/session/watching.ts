import type {Event} from '../model/event.ts';
import type {HousekeepingPaneModel} from '../model/housekeeping/housekeeping-pane-model.ts';
import type {KeyNames} from '../model/screen/key.ts';
import type {StatsPace} from '../sources/stats/follow-stats.ts';
import {actionsLog} from './actions-log.ts';
import type {Attention} from './attention.ts';
import {createSources} from './create-sources.ts';
import type {WatchOptions} from './options.ts';
import {createPaneModels, type PaneModels} from './pane-models.ts';
import {RecordingDeck} from './recording-deck.ts';
import {Session, type EventSink, type SessionOptions} from './session.ts';

/** What a face that watches a node is given. */
export interface Watching {
  /** What the node is called before it says its own name. */
  readonly label: string;
  readonly options: WatchOptions;
  /** What is to be said first; null: nothing. */
  readonly opening: string | null;
  readonly models: PaneModels;
  readonly deck: RecordingDeck;
  /** Begins to watch; `attention` says whether somebody looks, absent: always. */
  readonly open: (sink: EventSink, attention?: Attention) => Session;
  /** Whether something else than the screen lives from what the node is asked now. */
  readonly hasOtherUse: () => boolean;
  /** Lets go of what is told of the node elsewhere. */
  readonly end: () => void;
}

/** What is told of a node besides what the face shows. */
interface Beside {
  apply(event: Event): void;
  readonly pace: StatsPace;
  end(): void;
}

export interface WatchingOptions {
  readonly label: string;
  readonly options: WatchOptions;
  readonly connect: SessionOptions['connect'];
  readonly actions: {readonly readOnly: string | null; readonly onRestart: string | null};
  /** Tells of the node as metrics, for example; null: nobody does. */
  readonly beside: ((ticks: HousekeepingPaneModel, label: string) => Beside) | null;
  /** How many nodes there are on the same screen. */
  readonly nodes: number;
  /** The user's, where there is a keyboard. */
  readonly keys: KeyNames;
  readonly opening?: string | null;
}

/** Makes ready to watch one node: its models, its recording, the metrics beside them. */
export function watchingOf(watched: WatchingOptions): Watching {
  const {label, options, connect, actions, beside, nodes, keys, opening = null} = watched;
  const models = createPaneModels(options, {keys, nodes});
  const told = beside?.(models.housekeeping, label) ?? null;
  const deck = new RecordingDeck(options.record, keys);
  const open: Watching['open'] = (sink, attention) => {
    const both: EventSink = (event) => {
      const taken = sink(event);
      told?.apply(event);
      return taken;
    };
    return new Session({
      connect,
      sources: (node) =>
        createSources(node, options, models, deck, {
          pace: told?.pace ?? models.housekeeping,
          attention: attention ?? null,
        }),
      sink: deck.hearing(told === null ? sink : both),
      unit: options.connection.unit,
      log: actionsLog(process.env),
      isPatient: nodes > 1,
      ...actions,
    });
  };
  const {bell, desktop} = options.notify;
  const isTold = told !== null || bell || desktop !== null || actions.onRestart !== null;
  const hasOtherUse = (): boolean => isTold || deck.isOn;
  return {label, options, opening, models, deck, open, hasOtherUse, end: () => told?.end()};
}
