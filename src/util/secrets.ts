/**
 * The credentials that this process has used. They are kept for one thing: whatever is written down of what a node said
 * (a recording, a profile) must not hold one, even where a server or a log line quotes it.
 */
const kept = new Set<string>();

/** What is shorter says nothing of whose it is, and would blank ordinary words. */
const shortest = 6;
/** Tokens are renewed for days; a credential that has long expired is no secret any more. */
const most = 200;
const removed = '[credential removed]';

/** Takes note of a credential: a token, a password, a private key (PEM). */
export function noteSecret(secret: string): void {
  for (const form of formsOf(secret)) {
    if (form.length < shortest || kept.has(form)) continue;
    kept.add(form);
    if (kept.size <= most) continue;
    const [oldest] = kept;
    if (oldest !== undefined) kept.delete(oldest);
  }
}

/** Takes note of what an `Authorization` header carries, and of the password in it. */
export function noteAuthorization(header: string): void {
  const [, scheme = '', value = header] = /^(\S+) (.*)$/s.exec(header) ?? [];
  noteSecret(value);
  if (!/^basic$/i.test(scheme)) return;
  const login = Buffer.from(value, 'base64').toString('utf8');
  noteSecret(login.slice(login.indexOf(':') + 1));
}

/** The same text without any credential that was noted. */
export function withoutSecrets(text: string): string {
  let clean = text;
  for (const secret of kept) if (clean.includes(secret)) clean = clean.replaceAll(secret, removed);
  return clean;
}

/** As it stands in plain text, in JSON, in the base64 of a Secret or kubeconfig, and each line of a key's middle. */
function formsOf(secret: string): string[] {
  const text = secret.trim();
  const plain = [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)];
  const encoded = [text, secret].map((form) => Buffer.from(form, 'utf8').toString('base64'));
  const lines = text.split(/\r?\n/);
  // The first and last line of a PEM text are the same for all keys, and its short last line is no use to anybody.
  const inner = lines.length < 3 ? [] : lines.filter((line) => line.length >= 32 && !line.startsWith('-----'));
  return [...new Set([...plain, ...encoded, ...inner])];
}
