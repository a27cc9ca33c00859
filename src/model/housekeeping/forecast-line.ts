import {type Forecast, forecastQuantiles} from './forecast.ts';

/** The forecast as one line of JSON: unix seconds, to a tenth of a millisecond; `container` null for a pod. */
export function forecastLine(forecast: Forecast): string {
  const {namespace, pod, container} = forecast.target;
  let quantiles = '';
  for (const q of forecastQuantiles)
    quantiles += `${quantiles === '' ? '' : ','}"${q}":${seconds(forecast.next.quantile(q))}`;
  return (
    `{"type":"forecast","at":${seconds(forecast.at)},"namespace":${JSON.stringify(namespace)}` +
    `,"pod":${JSON.stringify(pod)},"container":${JSON.stringify(container)}` +
    `,"lastTick":${seconds(forecast.lastTickAt)},"quantiles":{${quantiles}}` +
    `,"phase":"${forecast.phase}","intervals":{${forecast.states
      .filter(({probability}) => probability >= 0.001)
      .map(({intervalMs, probability}) => `"${intervalMs / 1000}":${probability.toFixed(4)}`)
      .join(',')}},"reason":"${reasonOf(forecast)}","figures":"${forecast.figures}"}`
  );
}

function seconds(unixMs: number): string {
  return (unixMs / 1000).toFixed(4);
}

function reasonOf({evidence}: Forecast): string {
  return evidence.kind === 'changed' ? evidence.what : evidence.kind;
}
