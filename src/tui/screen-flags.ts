import {describeFailure, toFailure} from '../model/failure.ts';
import type {Session} from '../session/session.ts';
import type {ScreenOptions} from './screen.ts';

/**
 * How the screen comes by the kubelet's flags; what it takes is loaded when it is first asked for. `timeoutMs`: how long a
 * kubelet with other flags may take to be healthy.
 */
export function flagsOf(session: () => Session, timeoutMs: number): NonNullable<ScreenOptions['flags']> {
  const change = () => import('../commands/flags/change-flags.ts');
  return {
    reset: async () => (await change()).resetAction(timeoutMs),
    read: async () => {
      try {
        const [{readFlags}, {flagsAction}] = await Promise.all([import('../commands/flags/read-flags.ts'), change()]);
        const report = await readFlags(session().looking);
        return {
          rows: report.rows,
          notes: report.notes,
          action: (setting) => {
            try {
              return flagsAction({settings: [setting]}, report, timeoutMs);
            } catch (error) {
              return toFailure(error, 'set a flag').problem;
            }
          },
        };
      } catch (error) {
        return describeFailure(toFailure(error, 'read the flags'));
      }
    },
  };
}
