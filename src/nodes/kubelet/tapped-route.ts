import type {KubeletRoute} from '../node.ts';

/**
 * The same route, but for how it is read: `get` stands between, and `close` where it is given. What only reads is not
 * written to (`put`).
 */
export function tappedRoute(
  route: KubeletRoute,
  get: KubeletRoute['get'],
  close: KubeletRoute['close'] = () => route.close(),
): KubeletRoute {
  return {
    // A route that is chosen changes its way while it runs.
    get kind() {
      return route.kind;
    },
    get label() {
      return route.label;
    },
    get warning() {
      return route.warning;
    },
    get,
    close,
  };
}
