import {InvalidArgumentError} from 'commander';

/** systemd's rule for the name of a unit (`unit_name_is_valid`): these characters, at most 255 of them. */
const nameOfUnit = /^[A-Za-z0-9:_.\\@-]{1,255}$/;
/** The same with the wildcards that `journalctl --unit` takes. */
const globOfUnits = /^[A-Za-z0-9:_.\\@*?[\]!-]{1,255}$/;
const otherKinds = /\.(?:socket|target|device|mount|automount|swap|timer|path|slice|scope)$/;

/**
 * The systemd units to follow; the first is the kubelet's, which is restarted, too: it must be one service and no
 * pattern. The others are only read: `journalctl --unit` takes patterns for them. None may look like an option.
 */
export function unitNames(given: readonly string[]): readonly string[] {
  const [first] = given;
  if (first === undefined) return ['kubelet'];
  for (const name of given) {
    if (globOfUnits.test(name) && !name.startsWith('-')) continue;
    throw new InvalidArgumentError(
      `${JSON.stringify(name)} is no name of a systemd unit, such as kubelet or k3s.service`,
    );
  }
  if (!nameOfUnit.test(first)) {
    throw new InvalidArgumentError(
      `${JSON.stringify(first)} is a pattern: the first unit is the kubelet's own, such as kubelet; patterns may follow it`,
    );
  }
  if (otherKinds.test(first)) {
    throw new InvalidArgumentError(`${JSON.stringify(first)} is no service: the first unit is the kubelet's own`);
  }
  return given;
}
