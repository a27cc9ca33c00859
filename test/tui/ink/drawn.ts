import headless from '@xterm/headless';

/** A terminal whose cells can be compared, as ktop sets it up: on the alternate screen, and nothing wraps at the right edge. */
export class Drawn {
  readonly #terminal: InstanceType<typeof headless.Terminal>;

  constructor(columns: number, rows: number) {
    this.#terminal = new headless.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 0});
    this.#terminal.write('\u001b[?1049h\u001b[?7l');
  }

  get columns(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  write(text: string): void {
    this.#terminal.write(text);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** Each row's characters with how they look. */
  async cells(): Promise<string[]> {
    await new Promise<void>((resolve) => this.#terminal.write('', resolve));
    const {active} = this.#terminal.buffer;
    return Array.from({length: this.rows}, (_, row) => {
      const line = active.getLine(active.viewportY + row);
      return Array.from({length: this.columns}, (_, column) => {
        const cell = line?.getCell(column);
        if (cell === undefined) return '';
        const mark = cell.getWidth() > 0 && cell.getChars() === '' ? ' ' : cell.getChars();
        const weights = [cell.isBold(), cell.isDim(), cell.isInverse(), cell.isUnderline(), cell.isItalic()];
        const shows = mark !== ' ' || cell.isInverse() !== 0 || cell.isUnderline() !== 0;
        const look = [cell.getFgColorMode(), cell.getFgColor(), cell.getBgColor(), ...weights.map(Number)];
        return shows && look.some((one) => one > 0) ? `${mark}{${look.join()}}` : mark;
      }).join('');
    });
  }
}

/** Numbers that look random and are the same in each run. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const words = ['kubelet', ' ', '  ', 'in 4.2 s', '─────', '⣀⣤⣶', 'é', '日本', '한글', 'n\u0303', '│', '×3', '🎉', '0'];
const looks = ['', '1', '2', '36', '7', '4', '38;2;86;180;233', '38;5;208', '1;31', '2;33'];

/** A piece of a line with colours, wide characters, marks and blanks, closed as Ink and `paintRow` close theirs. */
export function randomPiece(random: (below: number) => number): string {
  const text = words[random(words.length)] ?? '';
  const look = looks[random(looks.length)] ?? '';
  return look === '' ? text : `\u001b[${look}m${text}\u001b[22;24;27;39m`;
}
