import {parseArguments, type Request} from './cli/arguments.ts';
import {readConfig} from './cli/config-file.ts';
import {waitsForReader} from './cli/waits-for-reader.ts';
import {fromKubectl, isKubectlPlugin} from './cli/kubectl-plugin.ts';
import {describeFailure, toFailure} from './model/failure.ts';
import {readOnlyText} from './session/read-only.ts';
import {allPrinted, complain, guardOutput, noteText, outputLoss, outputTaken, printText} from './terminal/print.ts';

/** Reads what is asked for, and loads no more of the program than that needs. */
async function main(): Promise<void> {
  const {env, argv} = process;
  // Node writes its warnings onto the terminal, into the middle of a screen; they are for developers.
  process.removeAllListeners('warning');
  guardOutput();
  const args = isKubectlPlugin(process) ? fromKubectl(argv.slice(2)) : argv.slice(2);
  const request = parseArguments(args, {env, config: await readConfig(env)});
  process.exitCode = await answer(request);
  // Whatever still hangs (an engine, a plugin, a node) does not hold back the end.
  await (waitsForReader(request) ? allPrinted() : outputTaken(1000));
  const loss = await outputLoss();
  if (loss !== null) {
    complain(describeFailure({tried: 'write to standard output', problem: loss, next: null}));
    process.exitCode = 1;
  }
  process.exit();
}

async function answer(request: Request): Promise<number> {
  switch (request.kind) {
    case 'text':
      (request.exitCode === 0 ? printText : noteText)(request.text);
      return request.exitCode;
    case 'watch':
    case 'command':
    case 'flags':
    case 'verbosity':
    case 'deploy':
    case 'profile':
    case 'pipeline':
      return (await import('./run.ts')).onNodes(request);
    case 'nodes': {
      const {printNodes} = await import('./cli/run-access.ts');
      return printNodes(request.connection, request);
    }
    case 'access': {
      const {readOnly} = request.actions;
      if (readOnly !== null && request.change !== 'print') {
        complain(readOnlyText('ktop access', readOnly));
        return 2;
      }
      const {changeAccess} = await import('./cli/run-access.ts');
      return changeAccess(request.change, request);
    }
    case 'recordings':
      return (await import('./cli/run-recordings.ts')).runRecordings(request);
    case 'compare':
      return (await import('./cli/run-compare.ts')).runCompare(request);
    case 'exporter':
      return (await import('./exporter/run-exporter.ts')).runExporter(request.options);
    case 'config':
    case 'completion':
    case 'complete':
    case 'man':
      return (await import('./cli/run-self.ts')).tellOfItself(request);
    case 'replay':
      return (await import('./run-replay.ts')).runReplay(request);
  }
}

// Node would print an error's own message, whatever stands in it. Nobody waits here: what is loaded later shares a file
// with this module, and would wait for its end.
main().catch((error: unknown) => {
  complain(describeFailure(toFailure(error, 'unexpected')));
  process.exit(1);
});
