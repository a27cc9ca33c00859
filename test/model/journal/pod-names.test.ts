import {describe, expect, it} from 'vitest';
import type {Event, JournalEntry, Sample} from '../../../src/model/event.ts';
import {JournalModel, type JournalModelOptions} from '../../../src/model/journal/journal-model.ts';
import {exportText} from '../../../src/model/journal/line.ts';
import {compilePattern} from '../../../src/model/journal/pattern.ts';
import {PodNames} from '../../../src/model/journal/pod-names.ts';
import {noResources} from '../../../src/model/selection/pod-facts.ts';
import type {Target} from '../../../src/model/target.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';

const idle = '76745c7f-bca6-41e8-9fbe-56c73a52cb26';
const web = '5f15305d-fad9-459e-9754-837cd3e9e246';
const other = '60ceb234-6f8b-4c15-aaaf-c7fd9dd42ad6';
const manifest = '36fb9f9ea1b2c3d4e5f60718293a4b5c';
const burst = 'e559d64c954e2338d7607a01d696b90159578445e32df6b67d640203a7119ec5';
const sandbox = '0ad7aa2d8581b677b67e1840b521b6e14672a00c30e3000ebd6098f2b4c2b1b9';

const sampleOf = (target: Target, uid: string): Sample => ({
  ...{target, at: nodeMs(0), precision: 'ms', usageCoreNanoSeconds: 0, usageNanoCores: 0, workingSetBytes: 0},
  ...{fingerprint: '', startedAt: null, uid, novelty: 'new'},
});

const podOf = (namespace: string, pod: string): Target => ({namespace, pod, container: null});

const poll = (...samples: Sample[]): Event => ({
  type: 'poll',
  poll: {sentAt: localMs(0), receivedAt: localMs(0), samples, problems: []},
});

const told: Event = {
  type: 'pods',
  at: localMs(0),
  answer: {
    kind: 'pods',
    pods: [
      {
        ...{namespace: 'default', name: 'idle', uid: idle, labels: {}},
        containers: [{name: 'burst', resources: noResources, id: burst}],
      },
    ],
  },
};

const all = [
  poll(
    sampleOf(podOf('default', 'idle'), idle),
    sampleOf(podOf('default', 'web'), web),
    sampleOf(podOf('kube-system', 'etcd-node'), manifest),
  ),
  told,
];

function names(...events: readonly Event[]): PodNames {
  const book = new PodNames();
  for (const event of events) book.apply(event);
  return book;
}

const underscored = (uid: string) => uid.replaceAll('-', '_');

describe('cgroups, uids and ids in a line', () => {
  const known = names(...all);
  const systemd = `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${underscored(idle)}.slice`;
  const kind = `/docker/${sandbox}/kubelet/kubepods/burstable`;
  const nested = `/system.slice/docker-${sandbox}.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${underscored(idle)}.slice`;

  it.each([
    ['a pod, cgroupfs driver', `/kubepods/pod${web}`, 'web'],
    ['a container, cgroupfs driver', `/kubepods/burstable/pod${idle}/${burst}`, 'idle/burst'],
    ['a pod, systemd driver', systemd, 'idle'],
    ['a container, systemd driver', `${systemd}/cri-containerd-${burst}.scope`, 'idle/burst'],
    ['a container of CRI-O', `${systemd}/crio-${burst}.scope`, 'idle/burst'],
    ['what watches over it is not it', `${systemd}/crio-conmon-${burst}.scope`, `idle/crio-conmon-${burst}.scope`],
    ['what runc is given', `kubepods-besteffort-pod${underscored(idle)}.slice:cri-containerd:${burst}`, 'idle/burst'],
    ['a node in a container', `${kind}/pod${idle}/${burst}`, 'idle/burst'],
    ['the same, systemd driver', `${nested}/cri-containerd-${burst}.scope`, 'idle/burst'],
    ['a folder inside of a container', `/kubepods/pod${idle}/${burst}/init.scope`, 'idle/burst/init.scope'],
    ['a sandbox, which nobody names', `/kubepods/pod${idle}/${sandbox}`, 'idle/0ad7aa2d8581'],
    ['a static pod', `/kubepods/pod${manifest}`, 'etcd-node'],
    ['the end of a sentence', `deleted /kubepods/pod${web}.`, 'deleted web.'],
    ['a uid', `podUID="${web}"`, 'podUID="web"'],
    ['an id', `{"ID":"${idle}","Data":"${burst}"}`, '{"ID":"idle","Data":"idle/burst"}'],
    ['an id with its runtime', `containerd://${burst}`, 'containerd://idle/burst'],
    ['two of them', `${web} and /kubepods/pod${idle}: same`, 'web and idle: same'],
    ['a pod that is unknown', `/kubepods/pod${other}/${sandbox}`, `/kubepods/pod${other}/${sandbox}`],
    ['a part of a longer word', `x${web} ${web}f default_web_${web}`, `x${web} ${web}f default_web_${web}`],
    ['no pod', '/kubepods.slice/kubepods-besteffort.slice', '/kubepods.slice/kubepods-besteffort.slice'],
  ])('%s', (_, text, shown) => {
    expect(known.shown(text)).toBe(shown);
  });

  it('have their namespace where two pods have one name', () => {
    const both = names(...all, poll(sampleOf(podOf('other', 'web'), other)));
    expect(both.shown(`${web} ${other} ${idle}`)).toBe('default/web other/web idle');
  });

  it('are no names that could make another line of theirs', () => {
    const hostile = names(poll(sampleOf(podOf('default', 'a" err="b'), web), sampleOf(podOf('x\u001b[2J', 'y'), idle)));
    expect(hostile.shown(`${web} ${idle}`)).toBe(`${web} ${idle}`);
  });
});

describe('a line with names in it', () => {
  const path = `/kubepods/besteffort/pod${idle}/${burst}`;
  const message = `I1128 03:45:02.229049    4612 container.go:589] housekeeping container="${path}" interval=10s next=15.5s`;

  function model(options: Partial<JournalModelOptions> = {}): JournalModel {
    const patterns = {grep: null, exclude: [], severity: null, contextLines: 0, fold: true};
    const rest = {units: ['kubelet'], kubeletUnit: 'kubelet', watched: () => [], elapsedMs: () => 0};
    return new JournalModel({scrollback: 1000, ...patterns, ...rest, ...options});
  }

  const entryOf = (text: string, at = 1): JournalEntry => ({
    ...{cursor: `i=${at}`, at: nodeMs(at), unit: 'kubelet.service', identifier: 'kubelet', pid: 7, priority: 6},
    message: text,
  });

  const rowsOf = (journal: JournalModel, width = 120) =>
    journal.view({width, height: 9}).rows.map(({spans}) => spans.map(({text}) => text).join(''));
  const marked = (journal: JournalModel, tone: string) =>
    journal.view({width: 200, height: 9}).rows.map(({spans}) =>
      spans
        .filter((span) => span.tone === tone)
        .map(({text}) => text)
        .join(''),
    );
  const pattern = (source: string) => {
    const compiled = compilePattern(source);
    if (!compiled.ok) throw new Error(compiled.problem);
    return compiled.pattern;
  };

  it('is shown with them, and is copied, written and opened as the node wrote it', () => {
    const journal = model();
    journal.apply({type: 'journal', entries: [entryOf(message)]});
    expect(rowsOf(journal)[0]).toContain('/besteffort');
    for (const event of all) journal.apply(event);
    expect(rowsOf(journal)[0]).toContain('housekeeping container="idle/burst" interval=10s next=15.5s');
    expect(marked(journal, 'name')).toEqual(['idle/burst']);
    expect(journal.currentEntry?.message).toBe(message);
    expect([...journal.matchingLines()].map(exportText)).toEqual([message]);
    journal.toggleDetail();
    const detail = rowsOf(journal, 300).join('\n');
    expect(detail).toContain(message);
    expect(detail).toMatch(new RegExp(`^idle/burst +${path}$`, 'm'));
  });

  it.each([
    ['what is shown', 'idle/burst"', 'idle/burst"'],
    ['what the node wrote', 'besteffort/pod', 'idle/burst'],
    ['both at once', 'container="(idle|/kube)', 'container="idle/burst'],
    ['what stands behind it', 'next=15', 'next=15'],
  ])('is found by %s', (_, source, found) => {
    const journal = model();
    for (const event of all) journal.apply(event);
    journal.apply({type: 'journal', entries: [entryOf(message), entryOf('something else', 2)]});
    journal.filter.setGrep(source);
    expect(marked(journal, 'match')).toEqual([found]);
    expect(journal.summary.matched).toBe(1);
    journal.filter.setGrep('');
    rowsOf(journal);
    expect(journal.setSearch(source)).toBeNull();
    expect(journal.currentEntry?.message).toBe(message);
    journal.filter.addExclude(source);
    expect(rowsOf(journal).filter((row) => !row.includes('something else'))).toEqual([]);
    expect(journal.summary.matched).toBe(1);
  });

  it('is found by its name though that was learned later', () => {
    const journal = model({grep: pattern('idle/burst')});
    journal.apply({type: 'journal', entries: [entryOf(message)]});
    expect(rowsOf(journal)).toEqual([]);
    for (const event of all) journal.apply(event);
    expect(rowsOf(journal)[0]).toContain('idle/burst');
    expect(journal.filter.shows(entryOf(message))).toBe(false);
  });

  it('is folded only with lines of the same container', () => {
    const journal = model();
    for (const event of all) journal.apply(event);
    const of = (id: string) => `I1128 03:45:02.229049    4612 a.go:5] gone container="/kubepods/pod${idle}/${id}"`;
    const restarted = sandbox.replace('0a', '0b');
    const entries = [sandbox, sandbox, restarted, sandbox].map((id, i) => entryOf(of(id), i + 1));
    journal.apply({type: 'journal', entries});
    expect(rowsOf(journal).map((row) => row.replace(/^.*I /, ''))).toHaveLength(3);
  });
});
