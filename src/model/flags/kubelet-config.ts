import {at} from '../../util/json.ts';

/** A configuration file, parsed. */
export interface ConfigPart {
  readonly path: string;
  readonly content: unknown;
}

/** One setting: `logging.verbosity`; lists and empty objects as JSON. */
export interface Setting {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/**
 * The order in which the kubelet merges `--config-dir`: it walks the folder in the order of names and takes files that
 * end in `.conf` (`cmd/kubelet/app/server.go`, `mergeKubeletConfigurations`).
 */
export function configDirOrder(paths: readonly string[]): readonly string[] {
  const parts = (path: string): readonly string[] => path.split('/');
  return paths
    .filter((path) => path.endsWith('.conf'))
    .sort((one, other) => {
      const [a, b] = [parts(one), parts(other)];
      const differs = a.findIndex((part, i) => part !== b[i]);
      const [left = '', right = ''] = [a[differs], b[differs]];
      return left < right ? -1 : left > right ? 1 : 0;
    });
}

/** What holds at one place of the merged files: a value and its file, or further places. */
type Place = Setting | Map<string, Place>;

/**
 * The settings that hold, each with the file it is from: a later file wins, objects are merged, lists replaced and null
 * takes away (JSON merge patch, as the kubelet does it). `kind` and `apiVersion` are no settings.
 */
export function mergedSettings(parts: readonly ConfigPart[]): readonly Setting[] {
  const found = new Map<string, Place>();
  for (const {path, content} of parts) {
    if (typeof content !== 'object' || content === null || Array.isArray(content)) continue;
    for (const key of Object.keys(content)) {
      if (key !== 'kind' && key !== 'apiVersion') merge(found, key, {name: key, value: at(content, key), path});
    }
  }
  return settingsIn(found).sort((one, other) => (one.name < other.name ? -1 : 1));
}

const deepest = 20;

function merge(
  into: Map<string, Place>,
  key: string,
  {name, value, path}: {readonly name: string; readonly value: unknown; readonly path: string},
  depth = 0,
): void {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const keys = isObject ? Object.keys(value) : [];
  const before = into.get(key);
  if (isObject && keys.length > 0 && depth < deepest) {
    // An object takes the place of what is none.
    const inner = before instanceof Map ? before : new Map<string, Place>();
    into.set(key, inner);
    for (const one of keys) merge(inner, one, {name: `${name}.${one}`, value: at(value, one), path}, depth + 1);
  } else if (isObject && keys.length === 0 && before instanceof Map && before.size > 0) return;
  else if (value === null || value === undefined) into.delete(key);
  else into.set(key, {name, value: typeof value === 'string' ? value : JSON.stringify(value), path});
}

function settingsIn(places: ReadonlyMap<string, Place>): Setting[] {
  return [...places.values()].flatMap((place) => (place instanceof Map ? settingsIn(place) : [place]));
}
