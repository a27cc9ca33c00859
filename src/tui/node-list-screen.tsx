import {ListScreen} from '../components/list-screen.tsx';
import {fitting, type ListChoice} from '../model/screen/list-choice.ts';
import type {NodeListing} from './node-listing.ts';

/** The nodes that can be watched, as they become known. Fills the screen. */
export function NodeListScreen(props: {
  readonly list: ListChoice;
  readonly listing: NodeListing;
  readonly width: number;
  readonly height: number;
}): React.JSX.Element {
  const {list, listing, ...size} = props;
  const {rows} = listing;
  const shown = fitting(rows, list.filter.text);
  const title = `Which node? — ${shown.length} of ${rows.length}`;
  return (
    <ListScreen
      title={title}
      list={list}
      shown={shown}
      notes={listing.notes}
      ways="Enter watches it · typing filters · Esc leaves"
      {...size}
    />
  );
}
