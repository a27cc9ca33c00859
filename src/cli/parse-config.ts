import {EVENT_ID, getScalarValue, load, parseEvents, YAMLException} from 'js-yaml';
import {at} from '../util/json.ts';
import {ConfigError, type ConfigFile, type Setting} from './config-content.ts';

/** Reads the text of a config file: YAML, or JSON with comments. Mistakes of the file are in what comes back. */
export function parseConfig(path: string, text: string): ConfigFile {
  const isJson = path.endsWith('.json') || /^\s*(?:\{|\/[/*])/.test(text);
  // YAML takes all of JSON but its usual comments.
  const source = (isJson ? withoutComments(text) : text).replace(/^\uFEFF/, ' ');
  const mistaken = (line: number | null, problem: string): ConfigFile => ({
    path,
    settings: [],
    mistakes: [new ConfigError(path, line, problem)],
  });
  try {
    const events = parseEvents(source, {filename: path, maxDepth: 20});
    if (events.length === 0 || source.trim() === '') return {path, settings: [], mistakes: []};
    const content: unknown = load(source, {maxDepth: 20});
    if (content === null) return {path, settings: [], mistakes: []};
    if (typeof content !== 'object' || Array.isArray(content)) {
      return mistaken(1, 'settings are wanted, such as: node: kind-worker');
    }
    const lines = keyLines(source, events);
    return {path, settings: settingsOf(content, lines, ''), mistakes: []};
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark === undefined ? null : error.mark.line + 1;
    const kind = isJson ? 'JSON' : 'YAML';
    return mistaken(line, `this is no ${kind}: ${error.reason}`);
  }
}

function settingsOf(content: object, lines: ReadonlyMap<string, number>, above: string): readonly Setting[] {
  return Object.keys(content).map((key) => {
    const value = at(content, key);
    const place = above + key;
    const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
    const entries = isMapping && above === '' ? settingsOf(value, lines, `${key}\n`) : [];
    return {key, value, line: lines.get(place) ?? lines.get(above.trimEnd()) ?? 1, entries};
  });
}

/** The line of each key of the two upper levels; those of the second as `upper\nkey`. */
function keyLines(source: string, events: ReturnType<typeof parseEvents>): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const lineAt = lineCounter(source);
  /** What is open: a mapping with the key that waits for its value, or a list. */
  const open: {readonly isMapping: boolean; key: string | null}[] = [];
  const valueEnds = (): void => {
    const top = open.at(-1);
    if (top !== undefined) top.key = null;
  };
  for (const event of events) {
    const top = open.at(-1);
    switch (event.type) {
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE:
        open.push({isMapping: event.type === EVENT_ID.MAPPING, key: null});
        break;
      case EVENT_ID.SCALAR: {
        if (top?.isMapping !== true || top.key !== null) {
          valueEnds();
          break;
        }
        top.key = getScalarValue(source, event);
        const place = open.map(({key}) => key ?? '').join('\n');
        if (open.length <= 2) lines.set(place, lineAt(event.valueStart));
        break;
      }
      case EVENT_ID.POP:
        open.pop();
        valueEnds();
        break;
      case EVENT_ID.ALIAS:
        valueEnds();
        break;
      case EVENT_ID.DOCUMENT:
        break;
    }
  }
  return lines;
}

/** Tells in which line (from 1) positions are; each no earlier than the one before. */
function lineCounter(text: string): (position: number) => number {
  let [line, counted] = [1, 0];
  return (position) => {
    for (let end = text.indexOf('\n', counted); end !== -1 && end < position; end = text.indexOf('\n', counted)) {
      line += 1;
      counted = end + 1;
    }
    return line;
  };
}

/** The comments of JSON (`//`, and between `/*` and its end) as blanks: whatever else is in the text keeps its place. */
function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\//g, (part) =>
    part.startsWith('"') ? part : part.replace(/[^\n]/g, ' '),
  );
}
