import {Box, renderToString} from 'ink';
import {describe, expect, it} from 'vitest';
import {CpuPane} from '../../src/components/cpu-pane.tsx';
import {cellWidth} from '../../src/model/draw/width.ts';
import type {CpuPaneModel} from '../../src/model/cpu/cpu-pane-model.ts';
import {playScene, paneModelOf} from '../model/cpu/scene.ts';
import {poll, sample, seen} from '../model/cpu/sample.ts';

interface Look {
  readonly width: number;
  readonly height: number;
  readonly unicode?: boolean;
  readonly atS?: number;
}

function draw(model: CpuPaneModel, {width, height, unicode = true, atS = 301}: Look): string {
  const view = model.view({width, height: height - 1}, {now: seen(atS), unicode, utcOffsetMs: 0});
  return renderToString(
    <Box width={width} height={height} flexDirection="column">
      <CpuPane view={view} banner={null} focused={false} width={width} height={height} />
    </Box>,
    {columns: width},
  );
}

// The pane in terminals of 120×40, 80×24 and 60×15.
const sizes = [
  {width: 67, height: 18},
  {width: 41, height: 11},
  {width: 31, height: 7},
];

describe.each(sizes)('the CPU pane at $width×$height', (size) => {
  const name = `${size.width}x${size.height}`;

  it.each([
    ['one pod with its limit', 'web', {pods: ['web']}],
    ['several targets with a legend', 'several', {pods: ['web', 'db', '@kubelet']}],
  ])('draws %s', async (_, file, query) => {
    const model = paneModelOf(query);
    playScene(model);
    const drawn = draw(model, size);
    await expect(`${drawn}\n`).toMatchFileSnapshot(`golden/cpu-${file}-${name}.txt`);
    expect(drawn.split('\n').length).toBeLessThanOrEqual(size.height);
    for (const line of drawn.split('\n')) expect(cellWidth(line)).toBeLessThanOrEqual(size.width);
  });
});

describe('the CPU pane', () => {
  const size = {width: 67, height: 18};

  it('draws in plain ASCII where the locale has no UTF-8', () => {
    const model = paneModelOf({pods: ['web', 'db']});
    playScene(model);
    model.toggleBraille();
    expect(
      draw(model, {...size, unicode: false})
        .split('\n')
        .slice(1)
        .join('\n'),
    ).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('draws braille, memory and a scale fixed to the limit when asked', async () => {
    const model = paneModelOf({pods: ['web']});
    playScene(model);
    model.toggleBraille();
    model.toggleFixed();
    const braille = draw(model, size);
    await expect(`${braille}\n`).toMatchFileSnapshot('golden/cpu-web-braille-limit.txt');
    expect(braille).toContain('500m┤');
    model.toggleMemory();
    expect(draw(model, size)).toMatch(/memory working set.*\n[^]*64Mi/);
  });

  it('draws a row for each pod where there are many', async () => {
    const model = paneModelOf({pods: ['*', '@*']});
    playScene(model);
    const drawn = draw(model, {width: 67, height: 5});
    await expect(`${drawn}\n`).toMatchFileSnapshot('golden/cpu-rows-67x5.txt');
  });

  it('keeps its labels as wide whatever the values are', () => {
    const model = paneModelOf({pods: ['web']});
    playScene(model);
    const axisAt = (drawn: string) =>
      new Set(drawn.split('\n').flatMap((line) => (/[┤│└]/.exec(line) ?? {index: []}).index));
    expect(axisAt(draw(model, size))).toEqual(new Set([6]));
    model.toggleMemory();
    expect(axisAt(draw(model, size))).toEqual(new Set([6]));
  });

  it('says that there is no such pod yet, and draws it when it comes', () => {
    const model = paneModelOf({pods: ['web']});
    expect(draw(model, size)).toContain("waiting for the kubelet's first answer");
    playScene(model, 1);
    expect(draw(model, size)).toContain('no such pod yet: web');
    playScene(model);
    expect(draw(model, size)).not.toContain('no such pod');
    expect(draw(model, size)).toContain('A web');
  });

  it('still draws a pod that a label selector chose when it is replaced, and has no doubt of its labels', () => {
    const model = paneModelOf({labels: 'app=web'});
    const tell = (...names: readonly string[]) => {
      const pods = names.map((name) => ({namespace: 'default', name, uid: name, labels: {app: 'web'}, containers: []}));
      model.apply({type: 'pods', at: seen(0), answer: {kind: 'pods', pods}});
    };
    const ticks = (pod: string, from: number) => {
      for (let s = from; s < from + 60; s += 12) {
        model.apply({type: 'poll', poll: poll(s + 0.2, [sample({atS: s, pod, container: null, usageMs: s * 100})])});
      }
    };
    tell('web-a');
    ticks('web-a', 0);
    tell('web-b');
    ticks('web-b', 60);
    const drawn = draw(model, {...size, atS: 120});
    expect(drawn).toMatch(/web-a[^]*web-b/);
    expect(drawn).not.toContain('unknown');
  });

  it('says in full why there is no answer, before the first', () => {
    const model = paneModelOf({pods: ['web']});
    const failure = {
      tried: 'GET https://10.0.0.2:10250/stats/summary',
      problem: '401: unknown token',
      next: 'ktop access --apply',
    };
    model.apply({type: 'stats-stream', state: {kind: 'reconnecting', since: seen(0), attempt: 1, failure}});
    const said = draw(model, {width: 31, height: 11}).replaceAll(/\s+/g, ' ');
    expect(said).toContain('401: unknown token try: ktop access --apply');
    playScene(model);
    expect(draw(model, size)).not.toContain('401');
  });

  it('lets each line keep its letter and its place while others come and go', () => {
    const model = paneModelOf({top: 5});
    const at = (s: number, ...pods: readonly string[]) =>
      model.apply({
        type: 'poll',
        poll: poll(
          s + 1,
          pods.map((pod) => sample({atS: s, usageMs: s * 50, pod, container: null})),
        ),
      });
    const letters = (s: number) => draw(model, {...size, atS: s}).match(/^[A-Z] \S+/gm);
    at(0, 'm', 'z');
    at(12, 'm', 'z');
    expect(letters(13)).toEqual(['A m', 'B z']);
    at(24, 'a', 'm', 'z');
    expect(letters(25)).toEqual(['A m', 'B z', 'C a']);
    for (let s = 36; s < 900; s += 12) at(s, 'a', 'z');
    expect(letters(901)).toEqual(['B z', 'C a']);
    at(912, 'a', 'b', 'z');
    expect(letters(913)).toEqual(['A b', 'B z', 'C a']);
  });

  it('shows the time since the newest sample as unknown and not as a flat line', () => {
    const model = paneModelOf({pods: ['web']});
    playScene(model);
    const later = draw(model, {...size, atS: 375});
    expect(later).toContain(' not known yet ');
    expect(later).toContain('sample 84s old');
  });

  it('says what was wrong with an answer, and draws what was right', () => {
    const model = paneModelOf({pods: ['web']});
    playScene(model);
    const problems = ['/stats/summary is not JSON (7 bytes)\u001b[2J', 'no timestamp for x'];
    model.apply({type: 'poll', poll: {...poll(301, []), problems}});
    const drawn = draw(model, size);
    expect(drawn).toContain('/stats/summary is not JSON (7 bytes) (and 1 more)');
    expect(drawn).toContain('A web');
  });

  it('draws 500 pods of hostile names without breaking its frame', () => {
    const model = paneModelOf({pods: ['*']});
    for (const s of [0, 12, 24]) {
      const samples = Array.from({length: 500}, (_, i) =>
        sample({atS: s, usageMs: s * i, pod: `\u001b[31m\u202e${'宽'.repeat(i % 40)}\n${i}`, container: null}),
      );
      model.apply({type: 'poll', poll: poll(s + 1, samples)});
    }
    for (const {width, height} of sizes) {
      const drawn = draw(model, {width, height, atS: 26});
      expect(drawn).not.toMatch(/\u001b|\u202e/);
      expect(drawn).toContain('of 500');
      for (const line of drawn.split('\n')) expect(cellWidth(line)).toBeLessThanOrEqual(width);
    }
  });

  it('says that clocks differ when a sample is from the future', () => {
    const model = paneModelOf({pods: ['web']});
    playScene(model);
    expect(draw(model, {...size, atS: 200})).toContain('clocks differ');
  });

  it('goes on in the line of a pod that its workload replaced, under its letter', () => {
    const model = paneModelOf({pods: ['web', 'db']});
    const [old, next] = ['web-7d4b9c6f5-x2kqp', 'web-7d4b9c6f5-b7dfm'];
    const at = (s: number, ...pods: readonly string[]) =>
      model.apply({
        type: 'poll',
        poll: poll(
          s + 0.5,
          pods.map((pod) =>
            sample({
              atS: s,
              usageMs: s * (pod === 'db' ? 40 : 100),
              pod,
              container: null,
              startedS: pod === next ? 60 : -9,
            }),
          ),
        ),
      });
    for (let s = 0; s < 60; s += 10) at(s, 'db', old);
    for (let s = 60; s < 120; s += 10) at(s, 'db', next);
    const drawn = draw(model, {...size, atS: 121});
    expect(drawn).toContain('2 pods · last 2 min');
    expect(drawn.match(/^[A-Z] \S+/gm)).toEqual(['A web-7d4b…f5-b7dfm', 'B db']);
    const curve = drawn.split('\n').find((row) => row.includes('───A'));
    expect(curve).toMatch(/─{15,} {3,}─{15,}A/);
  });

  it.each([
    [41, / NOW +AVG +MAX +%LIM SAMPLE$/],
    [67, / NOW +AVG +MAX +REQ +LIM +%LIM SAMPLE$/],
    [112, / NOW +AVG +MAX +REQ +LIM +%LIM SAMPLE KUBELET$/],
    [200, / NOW +AVG +MAX +REQ +LIM +%LIM SAMPLE KUBELET$/],
  ])('names the figures of one pod and of many in a head, as many as have room in %i cells', (width, head) => {
    for (const pods of [
      ['web', 'db'],
      ['*', '@*'],
    ]) {
      const model = paneModelOf({pods});
      playScene(model);
      const lines = draw(model, {width, height: pods.length === 2 && pods[0] === '*' ? 7 : 18}).split('\n');
      const at = lines.findIndex((line) => line.includes(' NOW '));
      if (width >= 60 || pods[0] === 'web') expect(lines[at]?.trimEnd()).toMatch(head);
      const web = lines.slice(at).find((line) => line.includes('web'));
      if (width >= 60) expect(web).toMatch(/ 115m +255m +395m +200m +500m +23% +10s/);
      for (const line of lines) expect(cellWidth(line)).toBeLessThanOrEqual(width);
    }
  });

  it("tells what the kubelet says beside the counter's rate where there is room, and a dash where no limit is known", () => {
    const model = paneModelOf({pods: ['a']});
    for (const s of [0, 12, 24]) {
      model.apply({
        type: 'poll',
        poll: poll(s + 1, [sample({atS: s, usageMs: s * 100, pod: 'a', container: null, reported: 180e6})]),
      });
    }
    expect(draw(model, {width: 112, height: 18, atS: 26})).toMatch(/A a +100m +100m +100m +– +– +– +2s +180m$/m);
    expect(draw(model, {...size, atS: 26})).toMatch(/A a .*kubelet says 180m/);
    expect(draw(model, {width: 41, height: 11, atS: 26})).toMatch(/A a +100m kubelet says 180m +2s/);
  });
});
