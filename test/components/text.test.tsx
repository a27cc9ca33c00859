import {Box, renderToString} from 'ink';
import {expect, test} from 'vitest';
import {Confirm} from '../../src/components/confirm.tsx';
import {Text} from '../../src/components/text.tsx';

const link = '\u001b]8;;http://example.test/\u0007';

test('no text on the screen can set a title, a link or a colour, however deep it is nested', () => {
  const drawn = renderToString(
    <Text>
      {`a${link}`}
      <Text>
        {'b\u001b]0;title\u0007'}
        {[`c\u009b31m`, 'd']}
      </Text>
      {1}
    </Text>,
  );
  expect(drawn).toBe('abcd1');
});

test("a question stays in its box whatever the node's name holds", () => {
  const width = 60;
  const rows = (name: string) =>
    renderToString(
      <Box width={width}>
        <Confirm text={`Restart ${name}?`} commands={[`ssh ${name} true`]} warning={null} yes={false} width={width} />
      </Box>,
      {columns: width},
    ).split('\n');
  expect(rows(`we${link}b\u202e`)).toEqual(rows('web�'));
});
