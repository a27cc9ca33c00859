/**
 * Shell functions for files on the node. `sum` prints the SHA-256 of its standard input, `sha FILE` that of a file; openssl, where it is there, needs
 * less than half the time of coreutils' sha256sum. `stamp FILE` prints inode, size and the time of the last change of
 * anything about it: as long as these are the same, nobody has touched the file.
 */
export const fileFunctions = String.raw`
sum() {
  if command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r
  elif command -v sha256sum >/dev/null 2>&1; then sha256sum
  else busybox sha256sum; fi | cut -d' ' -f1
}
sha() { sum <"$1"; }
stamp() { stat -c '%i %s %z' "$1"; }
`.trim();
