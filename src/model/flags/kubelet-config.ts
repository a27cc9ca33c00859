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

/**
 * The settings that hold, each with the file it is from: a later file wins, objects are merged, lists replaced and null
 * takes away (JSON merge patch, as the kubelet does it). `kind` and `apiVersion` are no settings.
 */
export function mergedSettings(parts: readonly ConfigPart[]): readonly Setting[] {
  const found = new Map<string, Setting>();
  for (const {path, content} of parts) {
    if (typeof content !== 'object' || content === null || Array.isArray(content)) continue;
    for (const key of Object.keys(content)) {
      if (key !== 'kind' && key !== 'apiVersion') merge(found, key, at(content, key), path, 0);
    }
  }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

const deepest = 20;

function merge(found: Map<string, Setting>, name: string, value: unknown, path: string, depth: number): void {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const keys = isObject ? Object.keys(value) : [];
  if (isObject && keys.length > 0 && depth < deepest) {
    // An object takes the place of what is none.
    found.delete(name);
    for (const key of keys) merge(found, `${name}.${key}`, at(value, key), path, depth + 1);
    return;
  }
  if (isObject && keys.length === 0 && [...found.keys()].some((one) => one.startsWith(`${name}.`))) return;
  for (const one of found.keys()) if (one === name || one.startsWith(`${name}.`)) found.delete(one);
  if (value === null || value === undefined) return;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  found.set(name, {name, value: text, path});
}
