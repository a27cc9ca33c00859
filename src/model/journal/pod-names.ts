import type {Event} from '../event.ts';
import {isSystem, type Target} from '../target.ts';
import {idPlaces} from './id-places.ts';

/** A stretch of a text, in characters, and the name that is shown in its place. */
export interface Naming {
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

interface Pod {
  readonly namespace: string;
  readonly pod: string;
}

/** Days of pods that come and go; what was learned first is forgotten first. */
const mostKnown = 4096;
/** Names of Kubernetes are made of these. Anything else would make another line of the one that it stands in. */
const isName = /^[A-Za-z0-9][\w.-]{0,252}$/;
/** A static pod has the hash of its manifest for a uid (`pkg/kubelet/config/common.go`). */
const isUid = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})$/;
const isId = /^[0-9a-f]{64}$/;

/** Behind the uid in a cgroup's path: `/ID`, `.slice/cri-containerd-ID.scope`, or `.slice:cri-containerd:ID` as runc is given it. */
const tail = /(?:\.slice)?(?::[\w.-]{1,64}:([0-9a-f]{64})(?![0-9A-Za-z]))?((?:\/[\w.@:+-]{1,255}){0,32})/y;
/** The folder of a container: `ID`, `cri-containerd-ID.scope`, `crio-ID.scope`; not that of what watches over it (`crio-conmon-ID`). */
const containerFolder = /^(?:(?!.*conmon-)[a-z][a-z-]{0,30}-)?([0-9a-f]{64})(?:\.scope)?$/;
const pathSign = /[\w.@+/-]/;
/** No path is longer before the pod's part of it. */
const longestPath = 1024;
/** What runtimes show of an id. */
const shortId = 12;

/**
 * The pods and containers behind the uids and ids that a kubelet's lines are full of: cgroup paths of both cgroup
 * drivers, on nodes inside of containers too, and bare uids and ids. Pods are known from the stats, containers from what
 * is told of the pods; what is not known is left as it is.
 */
export class PodNames {
  readonly #pods = new Map<string, Pod>();
  readonly #containers = new Map<string, Target>();
  #version = 0;
  /** Names of pods that are in more than one namespace; null: to be found out. */
  #shared: ReadonlySet<string> | null = null;

  /** Another value: other names than before. */
  get version(): number {
    return this.#version;
  }

  /** Learns from an event; those that name no pods are passed over. Says whether something new was learned. */
  apply(event: Event): boolean {
    const before = this.#version;
    if (event.type === 'poll') {
      for (const {uid, target} of event.poll.samples) {
        if (uid !== null && !isSystem(target)) this.#learnPod(uid, target);
      }
    } else if (event.type === 'pods' && event.answer.kind === 'pods') {
      for (const {namespace, name: pod, uid, containers} of event.answer.pods) {
        this.#learnPod(uid, {namespace, pod});
        for (const {name, id} of containers) this.#learnContainer(id ?? '', {namespace, pod, container: name});
      }
    }
    return this.#version !== before;
  }

  /** What is to be shown otherwise in a text, in order. Takes time linear in the text. */
  namings(text: string): readonly Naming[] {
    if (this.#pods.size === 0 && this.#containers.size === 0) return [];
    const namings: Naming[] = [];
    let end = 0;
    for (const {from, to} of idPlaces(text)) {
      if (from < end) continue;
      const written = text.slice(from, to);
      const id = text.charAt(from + 8) === '_' ? written.replaceAll('_', '-') : written;
      const isCgroup = text.startsWith('pod', from - 3);
      const naming = isCgroup ? this.#path(text, from, to, id, end) : this.#bare(from, id);
      if (naming === null) continue;
      namings.push(naming);
      end = naming.to;
    }
    return namings;
  }

  /** The text with names in it; the same text where it holds none of what is known. */
  shown(text: string): string {
    let shown = '';
    let at = 0;
    for (const {from, to, name} of this.namings(text)) {
      shown += text.slice(at, from) + name;
      at = to;
    }
    return at === 0 ? text : shown + text.slice(at);
  }

  #bare(from: number, id: string): Naming | null {
    const container = this.#containers.get(id);
    const pod = container ?? this.#pods.get(id);
    return pod === undefined ? null : {from, to: from + id.length, name: this.#nameOf(pod, container?.container)};
  }

  #path(text: string, uidStart: number, uidEnd: number, uid: string, notBefore: number): Naming | null {
    const pod = this.#pods.get(uid);
    if (pod === undefined) return null;
    let from = uidStart - 'pod'.length;
    const least = Math.max(notBefore, from - longestPath);
    while (from > least && pathSign.test(text.charAt(from - 1))) from -= 1;
    tail.lastIndex = uidEnd;
    const [behind = '', given, folders = ''] = tail.exec(text) ?? [];
    const [, first = '', ...deeper] = folders.split('/');
    const id = given ?? containerFolder.exec(first)?.[1];
    const rest = (id === undefined || given !== undefined ? [first, ...deeper] : deeper).filter((each) => each !== '');
    const name = [this.#nameOf(pod, id === undefined ? null : this.#containerOf(id, pod)), ...rest].join('/');
    // The end of a sentence is none of the path.
    const dots = rest.length === 0 ? 0 : (/[.:]+$/.exec(name)?.[0].length ?? 0);
    return {from, to: uidEnd + behind.length - dots, name: name.slice(0, name.length - dots)};
  }

  #containerOf(id: string, {namespace, pod}: Pod): string {
    const known = this.#containers.get(id);
    const isOfPod = known?.namespace === namespace && known.pod === pod;
    return (isOfPod ? known.container : null) ?? id.slice(0, shortId);
  }

  /** As `shortName` has it, of all the pods that are known. */
  #nameOf({namespace, pod}: Pod, container: string | null | undefined): string {
    this.#shared ??= sharedNames(this.#pods.values());
    const name = this.#shared.has(pod) ? `${namespace}/${pod}` : pod;
    return container == null ? name : `${name}/${container}`;
  }

  #learnPod(uid: string, {namespace, pod}: Pod): void {
    const known = this.#pods.get(uid);
    if (known?.pod === pod && known.namespace === namespace) return;
    if (!isUid.test(uid) || !isName.test(namespace) || !isName.test(pod)) return;
    learn(this.#pods, uid, {namespace, pod});
    this.#changed();
  }

  #learnContainer(id: string, target: Target): void {
    if (this.#containers.get(id)?.container === target.container) return;
    if (!isId.test(id) || ![target.namespace, target.pod, target.container ?? ''].every((name) => isName.test(name))) {
      return;
    }
    learn(this.#containers, id, target);
    this.#changed();
  }

  #changed(): void {
    this.#version += 1;
    this.#shared = null;
  }
}

function learn<T>(known: Map<string, T>, key: string, value: T): void {
  const [oldest] = known.keys();
  if (known.size >= mostKnown && oldest !== undefined) known.delete(oldest);
  known.set(key, value);
}

function sharedNames(pods: Iterable<Pod>): ReadonlySet<string> {
  const namespaces = new Map<string, string>();
  const shared = new Set<string>();
  for (const {namespace, pod} of pods) {
    if ((namespaces.get(pod) ?? namespace) !== namespace) shared.add(pod);
    namespaces.set(pod, namespace);
  }
  return shared;
}
