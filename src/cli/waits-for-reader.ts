import type {Request} from './arguments.ts';

/**
 * Whether the end of the program waits for whoever reads its output, however long that takes: a list is of use only
 * whole. An action is over when it is done, and a stream of events ends when it is told to: a reader that stands still
 * holds back neither of them for more than a second.
 */
export function waitsForReader(request: Request): boolean {
  switch (request.kind) {
    case 'watch':
      return request.options.output === 'table' || request.options.output === 'json';
    case 'exporter':
    case 'profile':
      return false;
    case 'command':
    case 'verbosity':
      return request.asking.dryRun;
    case 'flags':
      return request.change === null || request.asking.dryRun;
    case 'deploy':
      return request.wish.what.kind === 'list' || request.asking.dryRun;
    case 'access':
      return request.change === 'print';
    case 'recordings':
      return request.action !== 'shrink';
    case 'nodes':
    case 'pipeline':
    case 'replay':
    case 'compare':
    case 'config':
    case 'completion':
    case 'complete':
    case 'man':
    case 'text':
      return true;
  }
}
