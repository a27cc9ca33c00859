import {Box} from 'ink';
import type {HelpPage} from '../model/screen/help.ts';
import {Text} from './text.tsx';
import {dimmed, useTheme} from './theme.tsx';

/** The keys, made from the keymap. Fills the screen. */
export function Help(props: {
  readonly page: HelpPage;
  readonly width: number;
  readonly height: number;
}): React.JSX.Element {
  const theme = useTheme();
  const {header, columns} = props.page;
  return (
    <Box width={props.width} height={props.height} flexDirection="column" overflowY="hidden">
      <Text inverse>{header}</Text>
      <Box>
        {columns.map((rows, i) => (
          <Box key={i} flexDirection="column">
            {rows.map(({text, tone}, row) => (
              <Text
                key={row}
                bold={tone === 'title'}
                {...(tone === 'dim' ? dimmed(theme) : {color: tone === 'title' ? theme.accent : undefined})}
              >
                {text}
              </Text>
            ))}
          </Box>
        ))}
      </Box>
    </Box>
  );
}
