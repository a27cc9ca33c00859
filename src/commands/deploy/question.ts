import {counted} from '../../util/counted.ts';
import {durationText} from '../../util/duration.ts';
import {shellQuote} from '../../nodes/exec/shell-quote.ts';
import {typedOn, type Question} from '../command.ts';
import {buildText, shortSha} from './build.ts';
import type {DeployState} from '../../model/deploy/node-report.ts';
import type {Plan} from './plan.ts';

/** What is asked before a plan is carried out, with the commands as they would be typed by hand. */
export function questionOf(plan: Plan): Question {
  const {node, look, source, options} = plan;
  const within = durationText(options.timeoutMs);
  if (source.kind === 'left' && plan.kind === 'rollback') {
    const back = plan.version ?? 'what was in place before';
    return {
      text: `Undo the ${source.state.kind} of ${nameOfLeft(source.state)} that was cut off on ${node.name}?`,
      commands: [typedOn(node, ['sh', `${look.folder}/guard`, 'undo', source.state.id])],
      warning: `Puts ${back} back, and restarts the kubelet.`,
    };
  }
  const before = look.report.version ?? (look.report.sha === null ? 'nothing' : shortSha(look.report.sha));
  const verb = plan.kind === 'deploy' ? 'Deploy' : 'Go back to';
  const what = source.kind === 'left' ? nameOfLeft(source.state) : whatOf(plan);
  const text =
    source.kind === 'left'
      ? `Finish the ${plan.kind} of ${what} that was cut off on ${node.name}?`
      : `${verb} ${what} on ${node.name}, in place of ${before}?`;
  const back = `Not up and healthy within ${within}: it goes back by itself.`;
  const others = look.report.kept.length;
  const kept =
    plan.kind === 'deploy' ? `Keeps the old one${others === 0 ? '' : `, beside ${counted(others, 'other')}`}.` : '';
  return {text, commands: commandsOf(plan), warning: `${back} ${kept}`.trim()};
}

function whatOf({version, bytes, sha}: Plan): string {
  return bytes === null ? (version ?? shortSha(sha)) : buildText(version, bytes, sha);
}

/** Of what was to be put in place. */
const nameOfLeft = ({versionNew, shaNew}: DeployState): string => (versionNew === '' ? shortSha(shaNew) : versionNew);

function commandsOf({node, unit, look, source, options}: Plan): readonly string[] {
  const {target, folder} = look;
  const typed = (argv: readonly string[]): string => typedOn(node, argv);
  const copy =
    source.kind === 'build'
      ? [`${withInput(node.commandPrefix)} sh -c 'cat >${folder}/new' <${shellQuote([source.build.path])}`.trim()]
      : [];
  const from = source.kind === 'kept' ? `${folder}/${source.file}` : `${folder}/new`;
  const clearing = [typed(['journalctl', '--rotate']), typed(['journalctl', '--vacuum-time=1s'])];
  return [
    ...copy,
    typed(['mv', from, target]),
    ...(options.clear ? clearing : []),
    typed(['systemctl', 'restart', unit]),
  ];
}

/** Only with `-i` an engine hands standard input on. */
function withInput(prefix: string): string {
  return prefix.replace(/^((?:sudo )?(?:docker|podman|nerdctl) exec) /, '$1 -i ');
}
