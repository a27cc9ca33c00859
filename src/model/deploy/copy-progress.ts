import {durationText} from '../../util/duration.ts';
import {formatBytes} from '../draw/units.ts';
import {cellWidth} from '../draw/width.ts';

/** How far a copy has come. */
export interface CopyProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
  /** Since the first byte. */
  readonly elapsedMs: number;
}

const widestBar = 30;
const leastBar = 4;

/**
 * A copy as one row of at most `width` cells: `████░░░░ 42% 34Mi of 82Mi, 11Mi/s, 4 s left`. The bar gives way first,
 * then the rate, then the rest.
 */
export function copyProgressText({sentBytes, totalBytes, elapsedMs}: CopyProgress, width: number): string {
  const share = totalBytes === 0 ? 1 : Math.min(1, sentBytes / totalBytes);
  const percent = `${Math.floor(share * 100)}%`;
  const amount = `${formatBytes(sentBytes)} of ${formatBytes(totalBytes)}`;
  const perSecond = elapsedMs < 500 ? null : (sentBytes * 1000) / elapsedMs;
  const rate = perSecond === null ? '' : `, ${formatBytes(perSecond)}/s`;
  const leftMs = perSecond === null || perSecond === 0 ? null : ((totalBytes - sentBytes) * 1000) / perSecond;
  const left = leftMs === null || share === 1 ? '' : `, ${durationText(Math.max(1000, leftMs))} left`;
  const texts = [`${percent} ${amount}${rate}${left}`, `${percent} ${amount}${left}`, `${percent} ${amount}`];
  for (const text of texts) {
    const room = Math.min(widestBar, width - cellWidth(text) - 1);
    if (room >= leastBar) return `${bar(share, room)} ${text}`;
  }
  return texts.find((text) => cellWidth(text) <= width) ?? percent;
}

function bar(share: number, cells: number): string {
  const full = Math.floor(share * cells);
  return '█'.repeat(full) + '░'.repeat(cells - full);
}
