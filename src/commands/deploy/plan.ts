import {listing, standing} from '../../model/deploy/listing.ts';
import {whyNot} from '../../model/deploy/checks.ts';
import {isLeft, type DeployState} from '../../model/deploy/node-report.ts';
import {FailureError} from '../../model/failure.ts';
import type {AskedNode} from '../command.ts';
import type {Build} from './build.ts';
import {lookAtNode, type Look, type LookContext} from './look.ts';

/** How a binary is put in place, besides which one. */
export interface DeployOptions {
  /** Clear the journal before the restart. */
  readonly clear: boolean;
  /** How long the new one may take until it is up and healthy. */
  readonly timeoutMs: number;
}

/** Where the binary comes from that is to be put in place. */
export type Source =
  | {readonly kind: 'build'; readonly build: Build}
  /** One that was put aside on the node. */
  | {readonly kind: 'kept'; readonly file: string}
  /** What a deploy that was cut off has left there. */
  | {readonly kind: 'left'; readonly state: DeployState};

/** All that a deploy or a rollback needs: it was looked at, and nothing was changed. */
export interface Plan {
  readonly kind: 'deploy' | 'rollback';
  readonly node: AskedNode;
  readonly unit: string;
  readonly look: Look;
  readonly source: Source;
  readonly sha: string;
  /** Words of a program: untrusted. Null where it could not be asked before it is on the node. */
  readonly version: string | null;
  readonly bytes: number | null;
  readonly options: DeployOptions;
}

/**
 * Looks at the node, for a build that is read meanwhile. Rejects with a `FailureError` that says why the one cannot be
 * put on the other.
 */
export async function planDeploy(reading: Promise<Build>, options: DeployOptions, node: LookContext): Promise<Plan> {
  const {unit} = node;
  const [build, look] = await Promise.all([reading, lookAtNode(node)]);
  refuseWhileOpen(look, node);
  const refusal = whyNot(build, look.target, {arch: look.place.arch, unit, report: look.report});
  if (refusal !== null) {
    const next = refusal.next === null ? null : `${node.commandPrefix} ${refusal.next}`.trim();
    throw new FailureError({tried: `deploy ${build.path}`, problem: refusal.problem, next});
  }
  const {sha, bytes, version} = build;
  return {kind: 'deploy', node, unit, look, source: {kind: 'build', build}, sha, version, bytes, options};
}

/** Looks what a deploy that was cut off has left, to finish it. Rejects where there is none. */
export async function planFinish(options: DeployOptions, node: LookContext): Promise<Plan> {
  const look = await lookAtNode(node);
  const {state} = look.report;
  if (state === null || !isLeft(look.report)) {
    const problem = 'no deploy was cut off there';
    throw new FailureError({tried: 'finish a deploy', problem, next: `ktop deploy --list --node ${node.name}`});
  }
  const source: Source = {kind: 'left', state};
  const version = state.versionNew === '' ? null : state.versionNew;
  return {kind: state.kind, node, unit: node.unit, look, source, sha: state.shaNew, version, bytes: null, options};
}

/**
 * Looks what there is to go back to: what a deploy that was cut off had replaced, else the newest binary that was put
 * aside. Rejects where there is nothing.
 */
export async function planRollback(options: DeployOptions, node: LookContext): Promise<Plan> {
  const look = await lookAtNode(node);
  const {report} = look;
  const of = {kind: 'rollback', node, unit: node.unit, look, options} as const;
  if (report.state !== null && isLeft(report)) {
    const version = report.state.versionOld === '' ? null : report.state.versionOld;
    return {...of, source: {kind: 'left', state: report.state}, sha: '', version, bytes: null};
  }
  const tried = 'go back to the kubelet before';
  if (report.isBusy) throw new FailureError({tried, problem: busy, next: listOn(node)});
  const back = report.kept.find(({sha}) => sha !== null && sha !== report.sha);
  if (back?.sha == null) {
    throw new FailureError({
      tried,
      problem: 'ktop has replaced no binary there that it could put back',
      next: listOn(node),
    });
  }
  const {file, version, bytes, sha} = back;
  return {...of, source: {kind: 'kept', file}, sha, version, bytes};
}

/** What lies on the node, a line each, safe to print. */
export async function listDeploys(node: LookContext): Promise<readonly string[]> {
  const {target, report} = await lookAtNode(node);
  return listing(target, report);
}

/** What can be done with a deploy that was cut off on a node, from the command line. */
export const nextOfLeft = (name: string): string =>
  `ktop deploy --finish --node ${name}, or to undo it: ktop rollback --node ${name}`;

/** A deploy that was cut off: what is known of it, and what can be done. */
export class LeftOver extends FailureError {
  readonly deploy: DeployState;

  constructor(deploy: DeployState, name: string) {
    const version = deploy.versionNew === '' ? deploy.shaNew.slice(0, 12) : deploy.versionNew;
    super({
      tried: `the ${deploy.kind} of ${version}`,
      problem: standing(deploy),
      next: nextOfLeft(name),
    });
    this.name = 'LeftOver';
    this.deploy = deploy;
  }
}

/** A deploy that was cut off there and that somebody must finish or undo; null where there is none. */
export async function leftOver(node: LookContext): Promise<LeftOver | null> {
  const {report} = await lookAtNode(node, true);
  return report.state !== null && isLeft(report) ? new LeftOver(report.state, node.name) : null;
}

const busy = 'a deploy is under way there';
const listOn = (node: AskedNode): string => `ktop deploy --list --node ${node.name}`;

function refuseWhileOpen({report}: Look, node: AskedNode): void {
  if (report.isBusy) throw new FailureError({tried: 'deploy', problem: busy, next: listOn(node)});
  // What was copied and not begun is no hindrance: the next copy takes its place.
  const {state} = report;
  if (state !== null && isLeft(report) && state.step !== 'ready') throw new LeftOver(state, node.name);
}
