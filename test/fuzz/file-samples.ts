type Samples = readonly [string, ...string[]];

/** Valid inputs of the parsers of files, of the user's words and of the exporter's callers. */
export const fileSamples = {
  index: ['{"stream":"polls","offset":0,"at":1795464470}\n{"stream":"journal","offset":0,"at":1795464471}\n'],
  files: ['polls.jsonl.gz', 'journal-00001.jsonl.gz', 'index.jsonl', 'meta.json'],
  splits: ['restart', 'deploy', '+10m', '14:05', '2026-01-02T14:05:00Z', '1795464470'],
  webConfig: [
    'tls_server_config:\n  cert_file: a.crt\n  key_file: a.key\n  min_version: TLS12\nbasic_auth_users:\n  me: $2b$10$C6UzMDM.H6dfI/f/IKcEeO7ZBpZ8c8S3aKk3h4uX5v9w1m2n3o4p5\n',
    'tls_server_config: {cert: x, key: y, client_ca: z, client_auth_type: RequireAndVerifyClientCert}\nhttp_server_config: {http2: true}\n',
  ],
  authorizations: [
    'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1\nBasic c2NyYXBlcjpzZWNyZXQ=',
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited\nBearer x',
  ],
  secrets: ['{"kind":"Secret","data":{"token":"VE9LRU4="}}'],
  profiles: ['profile: "heap" is disabled', '<html>404</html>', '{"message":"no"}'],
  proxies: ['https://10.0.0.1:6443\n.svc,10.0.0.0/8,[::1]:443,*.x\nsocks5h://me:pass@proxy:1080'],
  completions: [
    '--node kind-w',
    '--node kind:k --node ssh:root@h',
    '--node=k',
    'restart --ss',
    'completion ba',
    '--pod @',
    'help ',
    '',
  ],
  times: ['today', '2026-11-28 14:00', '-5m', '2 hours 3min ago', '@1795831366', 'Mon 2026-11-28 14:00:00 UTC', '-1'],
  units: ['kubelet', 'snap.microk8s.daemon-kubelite', 'a@b.service'],
  terminal: [
    'abc\u001b[<0;12;3Mxyz\u001b[<64;1;1m',
    '\u001b]11;rgb:1e1e/1e1e/1e1e\u0007\u001b[?62;22c\u001b',
    'rgb:ffff/0000/ffff',
    '15;default;0',
  ],
  secretTexts: [
    '--token=abcdef.0123456789abcdef --password pw https://me:pw@host/ Bearer eyJhbGciOi.eyJzdWIi.c2ln bWU6cGFzcy1vZi10aGUtZnV6emVy',
  ],
} satisfies Record<string, Samples>;
