/** The environment of the program, handed in so that a test can have its own. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Our token is nobody else's business: no engine, no ssh, no plugin, not even our own helpers inherit it. */
export function withoutToken(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'KTOP_TOKEN'));
}
