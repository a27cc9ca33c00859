/** Wire types of protobuf. */
const varintType = 0;
const fixed64Type = 1;
const lengthType = 2;

/**
 * A protobuf message under construction. The five kinds of fields that `metrics.proto` needs are a page of code, where the
 * well-kept libraries load 80 kB and more; every message is read back by a real Prometheus in the tests.
 */
export class ProtobufBytes {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  /** For the message within this one; made once, used for each in turn. */
  #inner: ProtobufBytes | null = null;

  /** Makes it empty. */
  clear(): void {
    this.#length = 0;
  }

  /** A copy of what was written. */
  taken(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** An unsigned whole number, below 2^53. */
  varint(field: number, value: number): void {
    this.#tag(field, varintType);
    this.#varint(value);
  }

  /** A signed whole number as `sint32` and `sint64` have it: zigzag. */
  signed(field: number, value: number): void {
    this.varint(field, value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** A `double`. */
  double(field: number, value: number): void {
    this.#tag(field, fixed64Type);
    this.#grow(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** A `string`. */
  text(field: number, value: string): void {
    const bytes = Buffer.from(value);
    this.#tag(field, lengthType);
    this.#varint(bytes.length);
    this.raw(bytes);
  }

  /** A message within this one. */
  message(field: number, fill: (inner: ProtobufBytes) => void): void {
    const inner = (this.#inner ??= new ProtobufBytes());
    inner.clear();
    fill(inner);
    this.#tag(field, lengthType);
    this.delimited(inner);
  }

  /** Another message behind its length. */
  delimited(other: ProtobufBytes): void {
    this.#varint(other.#length);
    this.raw(other.#bytes.subarray(0, other.#length));
  }

  /** Bytes as they are: fields that were laid out before. */
  raw(bytes: Uint8Array): void {
    this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #tag(field: number, type: number): void {
    this.#varint(field * 8 + type);
  }

  #varint(value: number): void {
    this.#grow(10);
    let left = value;
    while (left > 127) {
      this.#bytes[this.#length++] = (left % 128) + 128;
      left = Math.floor(left / 128);
    }
    this.#bytes[this.#length++] = left;
  }

  #grow(by: number): void {
    if (this.#length + by <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + by));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
