import {Box, useInput, usePaste, useWindowSize} from 'ink';
import {useEffect, useReducer} from 'react';
import {ThemeProvider} from '../components/theme.tsx';
import {openList} from '../model/screen/list-choice.ts';
import type {ConnectionOptions} from '../nodes/options.ts';
import {Ending} from '../session/ending.ts';
import {pressesOf} from './keys/press.ts';
import {NodeListScreen} from './node-list-screen.tsx';
import type {ChosenNode} from '../nodes/chosen-node.ts';
import {NodeListing} from './node-listing.ts';
import {overlayAfter, overlayWithPaste, type Overlay} from './overlay.ts';
import type {Terminal} from './terminal.ts';

/** Offers the nodes that can be seen. Resolves with the one that was chosen, or with the exit code of who left. */
export async function chooseNode(connection: ConnectionOptions, terminal: Terminal): Promise<ChosenNode | number> {
  const ending = new Ending(null);
  terminal.onGone(() => ending.end(129));
  const chosen = Promise.withResolvers<ChosenNode | number>();
  let redraw = (): void => undefined;
  const listing = new NodeListing(connection, () => redraw());
  terminal.listen({onMouse: () => undefined, onTheme: () => redraw()});
  const open: Overlay = {kind: 'nodes', list: openList, listing, choose: chosen.resolve};
  const instance = terminal.show(
    <Chooser terminal={terminal} open={open} left={() => chosen.resolve(0)} onRedraw={(draw) => (redraw = draw)} />,
  );
  try {
    return await Promise.race([chosen.promise, ending.code, instance.waitUntilExit().then(() => 0)]);
  } finally {
    redraw = () => undefined;
    listing.stop();
    instance.unmount();
    await instance.waitUntilExit();
    ending.release();
  }
}

interface ChooserProps {
  readonly terminal: Terminal;
  readonly open: Overlay;
  readonly left: () => void;
  readonly onRedraw: (draw: () => void) => void;
}

function Chooser({terminal, open, left, onRedraw}: ChooserProps): React.JSX.Element {
  const {columns, rows} = useWindowSize();
  const [overlay, change] = useReducer(
    (before: Overlay, changed: (before: Overlay) => Overlay | null) => changed(before) ?? before,
    open,
  );
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => onRedraw(draw), [onRedraw]);
  useInput((input, key) => {
    for (const press of pressesOf(input, key)) {
      if (press.name === 'ctrl+c' || press.name === 'escape') return left();
      change((before) => overlayAfter(before, press, () => undefined));
    }
  });
  usePaste((text) => change((before) => overlayWithPaste(before, text)));
  return (
    <ThemeProvider value={terminal.theme}>
      <Box width={columns} height={rows} overflowY="hidden" flexDirection="column">
        {overlay.kind === 'nodes' ? (
          <NodeListScreen list={overlay.list} listing={overlay.listing} width={columns} height={rows} />
        ) : null}
      </Box>
    </ThemeProvider>
  );
}
