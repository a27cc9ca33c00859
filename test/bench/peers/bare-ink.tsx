// What Ink alone costs: a screen of 38 lines, one of which changes each second.
import {Box, Text, render} from 'ink';
import {useEffect, useState} from 'react';

const lines = Array.from(
  {length: 37},
  (_, i) => `line ${i}, as long as a line of a log, which stays as it is ${'.'.repeat(40)}`,
);

function Screen() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Box flexDirection="column" width={120} height={40}>
      <Text>{`${seconds} s`}</Text>
      {lines.map((line) => (
        <Text key={line} wrap="truncate">
          {line}
        </Text>
      ))}
    </Box>
  );
}

render(<Screen />, {alternateScreen: true, incrementalRendering: true});
