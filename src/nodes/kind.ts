import {type Failure} from '../model/failure.ts';
import type {NodeContainer} from './container-engine.ts';
import type {NodeShell} from './node.ts';
import {processShell} from './process-shell.ts';

/** Runs commands in a node that is a container, as kind's nodes and those of minikube's docker driver are. */
export function containerShell(container: Pick<NodeContainer, 'engine' | 'name'>): NodeShell {
  const {engine, name} = container;
  return processShell({
    title: `${engine} exec ${name}`,
    command: (argv) => Promise.resolve([engine, 'exec', '--interactive', name, ...argv]),
    explain: (tried, stderr) => execProblem(engine, name, tried, stderr),
  });
}

/** What `docker exec` says when it cannot run a command, in our words. */
export function execProblem(engine: string, name: string, tried: string, stderr: string): Failure {
  const said = stderr.trim();
  if (/is not running|is not created or running|is paused|can only create exec sessions on running/i.test(said)) {
    const verb = /paused/i.test(said) ? 'unpause' : 'start';
    return {tried, problem: `the node's container is not running`, next: `${engine} ${verb} ${name}`};
  }
  if (/no such container|no container with name or id/i.test(said)) {
    return {tried, problem: `there is no container "${name}" any more`, next: 'ktop nodes'};
  }
  if (/cannot connect to the docker daemon|is the docker daemon running|connection refused/i.test(said)) {
    return {tried, problem: `the ${engine} engine does not answer`, next: `${engine} info`};
  }
  if (/permission denied/i.test(said)) {
    return {
      tried,
      problem: `no permission to use ${engine}: ${lastLine(said)}`,
      next: 'sudo usermod -aG docker "$USER"',
    };
  }
  return {tried, problem: said === '' ? 'the connection to the node was lost' : lastLine(said), next: null};
}

function lastLine(text: string): string {
  return (text.trim().split('\n').at(-1) ?? '').slice(0, 300);
}
