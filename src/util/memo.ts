/** The last result, kept as long as it is asked for with the same key. */
export class Memo<T> {
  #kept: {readonly key: string; readonly value: T} | null = null;

  /** The value for the key, made anew only where the key has changed. */
  get(key: string, make: () => T): T {
    if (this.#kept?.key !== key) this.#kept = {key, value: make()};
    return this.#kept.value;
  }

  /** Makes the next `get` make it anew. */
  forget(): void {
    this.#kept = null;
  }
}
