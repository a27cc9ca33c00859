import type {KubeletRoute} from '../node.ts';
import {tappedRoute} from './tapped-route.ts';

type OpenRoute = (signal: AbortSignal) => Promise<KubeletRoute>;

/**
 * The route over which a kubelet is polled, for others to use while it is open: to open one of their own takes programs
 * that read the certificate on the node, a TLS handshake and questions about rights, again and again.
 */
export class LentRoute {
  readonly #openRoute: OpenRoute;
  #open: KubeletRoute | null = null;

  constructor(openRoute: OpenRoute) {
    this.#openRoute = openRoute;
  }

  /** Opens a route, which is lent to others until it is closed. */
  readonly open: OpenRoute = async (signal) => {
    const route = await this.#openRoute(signal);
    this.#open = route;
    const close = async (): Promise<void> => {
      if (this.#open === route) this.#open = null;
      await route.close();
    };
    return lent(route, close);
  };

  /** The route that is open, which its borrower does not close; one of the borrower's own where none is. */
  readonly borrow: OpenRoute = async (signal) => {
    const route = this.#open;
    if (route === null) return this.#openRoute(signal);
    return lent(route, () => Promise.resolve());
  };
}

/** The same route for one of its users, who ends its use of it by `close`. */
const lent = (route: KubeletRoute, close: KubeletRoute['close']): KubeletRoute =>
  tappedRoute(route, (path, options) => route.get(path, options), close);
