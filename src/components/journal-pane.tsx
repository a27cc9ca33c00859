import type {Headline} from '../model/journal/headline.ts';
import type {JournalView} from '../model/journal/journal-model.ts';
import type {ViewRow} from '../model/journal/view.ts';
import type {Span, Tone} from '../model/draw/span.ts';
import {truncate, wrapWords} from '../model/draw/width.ts';
import {paintRow, rememberRows, type StyledText} from './painted.ts';
import {paneHeader} from './pane-header.ts';
import {Rows} from './rows.tsx';
import {useTheme, type Theme} from './theme.tsx';

/** The journal pane: its header, and below it the rows that the model chose. Just `width` × `height` cells. */
export function JournalPane(props: {
  readonly view: JournalView;
  readonly headline: Headline;
  /** Says that the kubelet restarts, in place of the stream's state. */
  readonly banner: string | null;
  readonly focused: boolean;
  readonly width: number;
  readonly height: number;
}): React.JSX.Element {
  const {view, headline, banner, width, height} = props;
  const theme = useTheme();
  const room = height - 1;
  const notes = view.detail ? [] : headline.notes.flatMap((note) => wrapWords(note, width)).slice(0, room);
  const filled = view.rows.slice(0, room);
  // The newest are the last.
  const rows = filled.slice(Math.max(0, filled.length + notes.length - room));
  const header = paneHeader(
    {
      title: view.detail ? `journal · one line${view.leave}` : 'journal',
      left: headline.left,
      right: banner ?? truncate(headline.right, Math.floor(width * 0.6)),
      rightColor: banner === null ? streamColor(headline.tone, theme) : theme.warning,
      focused: props.focused,
      width,
    },
    theme,
  );
  const drawn = [
    header,
    ...notes.map((text) => paintRow([{text}], width)),
    ...rows.map((row) => journalRow(row, theme, width)),
  ];
  return <Rows rows={drawn} width={width} height={height} />;
}

const journalRow = rememberRows((row: ViewRow, theme: Theme) => row.spans.map((span) => styledSpan(span, theme)));

function styledSpan({tone, text}: Span, theme: Theme): StyledText {
  const color = colorOf(tone, theme);
  return {
    text,
    color,
    dim: color === undefined && (tone === 'dim' || tone === 'key' || tone === 'rule'),
    bold: tone === 'fatal' || tone === 'strong' || tone === 'mark' || tone === 'match',
    inverse: tone === 'found' || tone === 'fatal',
    underline: (tone === 'match' || tone === 'name') && theme.accent === undefined,
  };
}

function colorOf(tone: Tone, theme: Theme): string | undefined {
  switch (tone) {
    case 'info':
      return theme.good;
    case 'warning':
    case 'mark':
      return theme.warning;
    case 'error':
    case 'fatal':
      return theme.bad;
    case 'match':
    case 'name':
    case 'unit':
      return theme.accent;
    case 'rule':
      return theme.rule;
    case 'dim':
    case 'key':
      return theme.dim;
    default:
      return undefined;
  }
}

function streamColor(tone: Headline['tone'], theme: Theme): string | undefined {
  return tone === 'plain' ? undefined : theme[tone];
}
