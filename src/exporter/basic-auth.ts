import {createHash} from 'node:crypto';

/** Compared with where there is no such user, so that an answer takes as long: the cost is the usual one. */
const nobody = '$2b$10$C6UzMDM.H6dfI/f/IKcEeO7ZBpZ8c8S3aKk3h4uX5v9w1m2n3o4p5';
/** So many pairs that were right are remembered; a comparison takes a tenth of a second. */
const mostRemembered = 100;
/** So many comparisons wait at most: whoever guesses passwords must not keep the processor for themselves. */
const mostWaiting = 4;

/** Checks the `Authorization` of requests against the users of a web configuration. */
export class BasicAuth {
  #users: ReadonlyMap<string, string>;
  readonly #right = new Set<string>();
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(users: ReadonlyMap<string, string>) {
    this.#users = users;
  }

  /** Whether others are asked for a password as these are. */
  isLike(users: ReadonlyMap<string, string>): boolean {
    return users.size > 0 === this.#users.size > 0;
  }

  /** From now on these are the users. Who was right with another hash has to show it again. */
  take(users: ReadonlyMap<string, string>): void {
    this.#users = users;
  }

  /** Whether the header is that of a user; `busy` where too many are being compared. Where there are no users all are let in. */
  async check(header: string | undefined): Promise<'known' | 'unknown' | 'busy'> {
    if (this.#users.size === 0) return 'known';
    const encoded = /^Basic ([A-Za-z0-9+/=]{1,512})$/i.exec(header ?? '')?.[1];
    if (encoded === undefined) return 'unknown';
    const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
    const hash = this.#users.get(user);
    const key = createHash('sha256')
      .update(`${hash ?? ''}\0${user}\0${password}`)
      .digest('base64');
    if (this.#right.has(key)) return 'known';
    if (this.#waiting >= mostWaiting) return 'busy';
    this.#waiting += 1;
    const compared = this.#last.then(() => compare(password, hash ?? nobody));
    this.#last = compared.catch(() => undefined);
    const isRight = await compared.finally(() => (this.#waiting -= 1));
    if (!isRight || hash === undefined) return 'unknown';
    if (this.#right.size >= mostRemembered) this.#right.clear();
    this.#right.add(key);
    return 'known';
  }
}

/** One at a time; bcryptjs lets others run in between. */
async function compare(password: string, hash: string): Promise<boolean> {
  const bcrypt = await import('bcryptjs');
  return bcrypt.compare(password, hash);
}
