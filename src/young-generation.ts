import {getHeapSpaceStatistics, setFlagsFromString} from 'node:v8';

const enoughBytes = 16 * 1024 * 1024;
const lookMs = 2000;

/**
 * Keeps V8's young generation from doubling up to 128 MB, which it does for a screen that redraws all day although
 * 15 MB are alive: memory for which the user gets nothing. Once it is large enough it may not grow any more; V8 can
 * still shrink it, and then it may grow again. V8 asks for this factor each time it wants to grow.
 */
export function boundYoungGeneration(): void {
  const look = () => {
    const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
    const factor = (young?.space_size ?? 0) >= enoughBytes ? 1 : 2;
    setFlagsFromString(`--semi-space-growth-factor=${factor}`);
  };
  look();
  setInterval(look, lookMs).unref();
}
