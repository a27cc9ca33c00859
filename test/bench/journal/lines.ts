const bodies = [
  'kubelet.go:2412] "SyncLoop (PLEG): event for pod" pod="kube-system/kube-proxy-x7x2d" event={"ID":"5f15305d-fad9-459e-9754-837cd3e9e246","Type":"ContainerStarted","Data":"0ad7aa2d8581b677b67e1840b521b6e1"}',
  'generic.go:224] "GenericPLEG: Relisting"',
  'round_trippers.go:553] GET https://kind-control-plane:6443/api/v1/nodes/kind-worker?resourceVersion=0&timeout=10s 200 OK in 3 milliseconds',
  'container.go:571] BJOSV housekeeping container="/kubepods/pod5f15305d-fad9-459e-9754-837cd3e9e246/0ad7aa2d8581b677b67e1840b521b6e14672a00c30e3000ebd6098f2b4c2b1b9" interval=10s next=13.480880987s',
  'prober.go:107] "Probe succeeded" probeType="Readiness" pod="kube-system/coredns-668d6bf9bc-5k2vx" podUID="a7d2e0f4-0f4a-4a9e-8ee0-0c4d41c0e5c1" containerName="coredns"',
];

/** A line such as a kubelet at `--v=10` writes, numbered. */
export function kubeletLine(number: number, atMs: number): string {
  const severity = number % 97 === 0 ? 'E' : number % 31 === 0 ? 'W' : 'I';
  const iso = new Date(atMs).toISOString();
  const micros = `${iso.slice(20, 23)}${String(number % 1000).padStart(3, '0')}`;
  const head = `${severity}${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 19)}.${micros}    1546`;
  return `${head} ${bodies[number % bodies.length] ?? ''} n=${number}`;
}

/** The same as journalctl exports it. */
export function exportEntry(number: number, atMs: number): string {
  const hex = number.toString(16);
  return (
    `__CURSOR=s=601d21f945fb4e2a82c81b87eef90b98;i=${hex};b=72bb6e45d90a417ca9d1d1d6e5601c19;m=${hex};t=660f88648b76b;x=317415564ba2d018\n` +
    `__REALTIME_TIMESTAMP=${atMs}${String(number % 1000).padStart(3, '0')}\n__MONOTONIC_TIMESTAMP=1067846066\n` +
    `_BOOT_ID=72bb6e45d90a417ca9d1d1d6e5601c19\nPRIORITY=6\nSYSLOG_IDENTIFIER=kubelet\n` +
    `MESSAGE=${kubeletLine(number, atMs)}\n_PID=1546\n_SYSTEMD_UNIT=kubelet.service\n\n`
  );
}

export const benchSource = {
  commandPrefix: 'bench',
  units: ['kubelet'],
  kubeletUnit: 'kubelet',
  lines: 1000,
  since: null,
  boot: null,
  sourceGrep: null,
  tickPattern: null,
};
