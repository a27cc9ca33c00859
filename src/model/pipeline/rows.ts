import {ageWords} from '../draw/units.ts';
import {cellWidth, fit, pad, wrapWords} from '../draw/width.ts';
import {stageValue, type Pipeline} from './stages.ts';

/** A row of the screen, as wide as that at most. */
export interface PipelineRow {
  readonly text: string;
  readonly tone: 'plain' | 'dim' | 'strong' | 'warning';
}

/** From this width on what is said of a stage stands beside its figures, else below them. */
const besideFromWidth = 90;
const ageWidth = 6;
const valueWidth = 8;

/** The stages as rows of a screen: the sum, then name, age and value of each, and what is to be said of it. */
export function pipelineRows({stages, sum}: Pipeline, width: number): readonly PipelineRow[] {
  const names = Math.max(5, ...stages.map(({name}) => cellWidth(name)));
  const nameWidth = Math.min(names, Math.max(5, width - ageWidth - valueWidth - 2));
  const figures = nameWidth + ageWidth + valueWidth;
  const isBeside = width >= besideFromWidth;
  const indent = isBeside ? figures + 2 : 2;
  const head = `${pad('stage', nameWidth)}${fit('age', ageWidth, 'right')}${fit('CPU', valueWidth, 'right')}`;
  const rows = stages.flatMap((stage): PipelineRow[] => {
    const age = stage.ageMs === null ? '–' : ageWords(stage.ageMs);
    const row =
      pad(fit(stage.name, nameWidth), nameWidth) +
      fit(age, ageWidth, 'right') +
      fit(stageValue(stage), valueWidth, 'right');
    const words = wrapWords(stage.text, Math.max(10, width - indent));
    const tone = stage.warns ? 'warning' : 'plain';
    const [first = '', ...more] = words;
    const beside: PipelineRow[] = isBeside
      ? [{text: `${row}  ${first}`, tone}, ...more.map((text) => ({text: ' '.repeat(indent) + text, tone}) as const)]
      : [{text: row, tone}, ...words.map((text) => ({text: ' '.repeat(indent) + text, tone: 'dim'}) as const)];
    return beside.map(({text, tone: own}) => ({text: fit(text, width), tone: own}));
  });
  const told = wrapWords(sum, width).map((text): PipelineRow => ({text, tone: 'strong'}));
  return [...told, {text: '', tone: 'plain'}, {text: fit(head, width), tone: 'dim'}, ...rows];
}
