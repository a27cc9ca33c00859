/**
 * Stops the process as ctrl-Z does in a program that does not take the terminal raw, and resolves when it runs again.
 * The whole process group is stopped, so that the shell gets its prompt back.
 */
export function suspendProcess(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGCONT', () => resolve());
    process.kill(0, 'SIGSTOP');
  });
}
