const mask = '***';

/** Names of flags and settings whose values are secrets, and not the file or the folder that holds them. */
const secretName = /(?:token|password|passwd|secret|credential|private-?key|api-?key)s?$/i;

/** What is a secret wherever it stands: bootstrap tokens (`abcdef.0123456789abcdef`), JSON web tokens, a login in an address. */
const secretText: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, mask],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g, mask],
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@:]{1,200}:[^\s/@]{1,200}@/gi, `$1${mask}@`],
  [/\b(bearer\s+)[\w.~+/=-]{8,}/gi, `$1${mask}`],
  [/(--?[\w-]{0,60}(?:token|password|passwd|secret|credential|private-key|api-key)s?[= ])[^\s'"]+/gi, `$1${mask}`],
];

/** A text without the secrets that can be told from it: of flags (`--token=…`), tokens, addresses with a password. */
export function maskSecrets(text: string): string {
  return secretText.reduce((masked, [pattern, instead]) => masked.replace(pattern, instead), text);
}

/** The value of a flag or a setting (`authentication.token`) as it may be shown. */
export function maskedValue(name: string, value: string): string {
  return secretName.test(name) && value !== '' && !/^(?:true|false|\d+[a-z]*)$/.test(value) ? mask : maskSecrets(value);
}
