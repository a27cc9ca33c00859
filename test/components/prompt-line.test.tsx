import {Box, renderToString} from 'ink';
import {expect, test} from 'vitest';
import {Confirm} from '../../src/components/confirm.tsx';
import {PromptLine} from '../../src/components/prompt-line.tsx';

test.each([60, 80, 120])('a prompt and a question say how to leave them, at %i columns', (width) => {
  const prompt = renderToString(
    <Box width={width}>
      <PromptLine
        {...{label: 'write 12 matching lines to', before: 'ktop-journal-20261123-200744.log', at: '', after: ''}}
        {...{note: '', bad: false, width}}
      />
    </Box>,
    {columns: width},
  );
  expect(prompt.split('\n')).toHaveLength(1);
  expect(prompt).toMatch(/esc leaves$/);
  const question = renderToString(
    <Confirm text="Restart the kubelet?" commands={['x']} warning={null} yes={false} width={width} />,
    {columns: width},
  );
  expect(question).toContain('esc: no');
});
