/**
 * A regular expression that is made when it is first asked. To read one with all of Unicode's emoji in it takes as long
 * as half of Node's start, and most texts never come to it.
 */
export class LazyRegExp {
  readonly #make: () => RegExp;
  #made: RegExp | null = null;

  constructor(make: () => RegExp) {
    this.#make = make;
  }

  /** As `RegExp.prototype.test`. */
  test(text: string): boolean {
    return (this.#made ??= this.#make()).test(text);
  }
}
