import type {Pane} from './layout.ts';

/** Something that a pane draws or a word that it says, and what it means. */
export interface Sign {
  readonly sign: string;
  readonly what: string;
}

/** All that must be explained of the panes: for the help, and for `docs/reading-the-screen.md`. */
export const signs: Readonly<Record<Pane, readonly Sign[]>> = {
  journal: [
    {sign: 'I W E F', what: 'the severity of the line: info, warning, error, fatal'},
    {sign: 'idle/burst', what: 'in the accent colour: a container (or a pod) for its cgroup, uid or id'},
    {sign: '…', what: 'a part of a long line is left out; what matched is always among the rest'},
    {sign: '×3', what: 'three lines that say the same, of which the newest is shown'},
    {sign: '▌', what: 'the line that keys act on, while the view is paused'},
    {sign: '●', what: 'a line that you marked'},
    {sign: '── …', what: 'no line, but what happened between two: a start, a gap, an action'},
    {sign: '── tick', what: 'who was sampled there, and how long after the sample before'},
    {sign: '--', what: 'lines of context that do not touch'},
    {sign: '…+3 KB', what: 'the line is so much longer; its own view and a copy have all'},
    {sign: '␤ ␛ �', what: 'a line break, an escape, another sign that a terminal would obey'},
  ],
  cpu: [
    {sign: 'A B C', what: 'a line by its letter and its colour, here and in the chart'},
    {sign: '┴', what: 'a housekeeping tick: a sample was taken then'},
    {sign: '╌ not known yet', what: 'since the newest sample nothing is known'},
    {sign: '┄', what: 'a request or a limit'},
    {sign: '┊', what: 'from the lowest to the highest sample within one column'},
    {sign: '╳', what: 'the line begins anew: a restart, a pod that was replaced, a sample that was missed'},
    {sign: 'R', what: 'the kubelet was started'},
    {sign: 'NOW', what: 'the rate between the two newest samples; memory: its working set'},
    {sign: 'AVG MAX', what: 'mean over time and highest rate in the window that is drawn'},
    {sign: 'REQ LIM %LIM', what: 'request and limit, and NOW as a part of the limit'},
    {sign: 'SAMPLE', what: 'how old the newest sample is'},
    {sign: 'KUBELET', what: "the kubelet's own usageNanoCores (in a wide pane)"},
    {sign: '≠180m', what: 'usageNanoCores, where it differs by more than 5 % (kubelet says 180m)'},
    {sign: '–', what: 'not set, or not known'},
    {sign: 'by the runtime', what: 'taken when it was asked for (rt): its age says nothing about a tick'},
    {sign: 'stands still', what: "the kubelet repeats a pod's last sample for ever (a base of 2 min and more)"},
    {sign: 'ended', what: 'the newest answer does not name it any more'},
    {sign: '+3s', what: 'the sample is from the future: the clocks differ'},
  ],
  housekeeping: [
    {sign: '┃', what: 'now, between the last tick (left) and the end of the last window (right)'},
    {sign: '█ ▓ ▒ ░ ·', what: 'how likely the tick is at that moment: likely … possible, not then'},
    {sign: 'in 3.4 s', what: 'before or after that moment, as likely one as the other'},
    {sign: '(1.0–7.6)', what: 'with 80 % between these seconds'},
    {sign: 'overdue', what: 'later than the rule allows: a busy node, or a longer interval (+2s)'},
    {sign: 'soon', what: 'its first tick after a start'},
    {sign: 'no tick', what: 'the runtime is asked at each request: there is nothing to count down to'},
    {sign: '10s ~15s', what: 'the interval d of its timer, surely and likely: a wait is from d to 2d'},
    {sign: 'idle', what: 'its two newest samples are equal: the interval grows, up to 15 s'},
    {sign: 'changed (CPU)', what: 'they differ in that: the interval goes back to the base'},
    {sign: 'at rest', what: 'they are equal; at the maximum the next interval is the base again'},
    {sign: 'pressure … fades', what: 'nothing runs, but pressure averages still change: no longer interval yet'},
    {sign: 'first sample', what: 'there is nothing yet to compare it with'},
    {sign: 'base 10 s', what: '--housekeeping-interval; (learned) from the waits, (a guess) not known yet'},
    {sign: 'told', what: "known from the kubelet's own line (--tick-pattern), not estimated"},
    {sign: '▁▃█ ┈', what: 'how often it waited so long, and what the rule makes of it'},
  ],
};
