import type {Writer} from './family.ts';
import {ProtobufWriter} from './protobuf-writer.ts';
import {TextWriter} from './text-writer.ts';

/** The formats, the plainest last: whoever asks for nothing that we have gets that. */
type Format = 'protobuf' | 'openmetrics' | 'text';

/** More of a header than any scraper sends is not looked at. */
const longestAccept = 2000;

/** Which format an `Accept` header asks for: the one of the highest weight, of equal ones the first (RFC 9110, 12.5.1). */
export function formatFor(accept: string | undefined): Format {
  let best: {readonly format: Format; readonly weight: number} = {format: 'text', weight: 0};
  for (const range of (accept ?? '').slice(0, longestAccept).split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const given = new Map(parameters.map((one) => one.split('=', 2)).map(([name = '', value = '']) => [name, value]));
    const format = formatOf(type, given);
    const weight = Number(given.get('q') ?? 1);
    if (format !== null && weight > best.weight) best = {format, weight};
  }
  return best.format;
}

/** Writes a scrape in that format. */
export function writerFor(format: Format): Writer {
  return format === 'protobuf' ? new ProtobufWriter() : new TextWriter(format);
}

function formatOf(type: string, given: ReadonlyMap<string, string>): Format | null {
  switch (type) {
    case 'application/vnd.google.protobuf': {
      const isOurs =
        given.get('proto') === 'io.prometheus.client.metricfamily' && given.get('encoding') === 'delimited';
      return isOurs ? 'protobuf' : null;
    }
    case 'application/openmetrics-text':
      return ['1.0.0', '0.0.1', ''].includes(given.get('version') ?? '') ? 'openmetrics' : null;
    case 'text/plain':
    case 'text/*':
    case '*/*':
      return 'text';
    default:
      return null;
  }
}
