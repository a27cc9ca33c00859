/** The last result, kept as long as it is asked for with the same key. */
export class Memo<T> {
  #kept: {readonly key: string; readonly value: T} | null = null;

  get(key: string, make: () => T): T {
    if (this.#kept?.key !== key) this.#kept = {key, value: make()};
    return this.#kept.value;
  }

  forget(): void {
    this.#kept = null;
  }
}
