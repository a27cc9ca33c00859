/** Makes a question be asked once and its answer, good or bad, be remembered for a while. */
export function remembered<Argument, Answer>(
  forMs: number,
  ask: (argument: Argument) => Promise<Answer>,
  now: () => number = () => performance.now(),
): (argument: Argument) => Promise<Answer> {
  let kept: {readonly answer: Promise<Answer>; readonly until: number} | null = null;
  return (argument) => {
    if (kept !== null && now() < kept.until) return kept.answer;
    const answer = (async () => ask(argument))();
    // From when the answer came, not from the question: it may take longer than it is remembered.
    const fresh = {answer, until: Number.POSITIVE_INFINITY};
    kept = fresh;
    const settled = () => {
      if (kept === fresh) kept = {answer, until: now() + forMs};
    };
    answer.then(settled, settled);
    return answer;
  };
}
