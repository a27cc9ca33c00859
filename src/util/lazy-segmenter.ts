const {Segmenter} = Intl;

/**
 * In place of `Intl.Segmenter` everywhere in the bundle: the real one is made when the first text is cut. To load
 * Unicode's tables takes half as long as Node's own start, several packages make one when they are loaded, and most
 * screens hold nothing that needs it.
 */
export class LazySegmenter {
  readonly #args: ConstructorParameters<typeof Intl.Segmenter>;
  #made: Intl.Segmenter | null = null;

  constructor(...args: ConstructorParameters<typeof Intl.Segmenter>) {
    this.#args = args;
  }

  /** As the real one. */
  segment(text: string): Intl.Segments {
    this.#made ??= new Segmenter(...this.#args);
    return this.#made.segment(text);
  }
}
