import type { Metric, MetricObjectWithValues, MetricValueWithName, Registry } from 'prom-client'

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

type Labels = Readonly<Record<string, string | number>>

interface Series {
  readonly labels: Labels
  /** By bucket, the last for what is longer than all. */
  readonly counts: number[]
  /** Of the last duration in each bucket that came with a trace. */
  readonly exemplars: (Exemplar | undefined)[]
  sum: number
}

/** OpenMetrics 1.0, "Exemplars": one observation, with the id that leads to its trace and its line in the log. */
interface Exemplar {
  readonly labelSet: Labels
  readonly value: number
  /** In seconds. */
  readonly timestamp: number
}

/**
 * Counts durations, by labels. prom-client's own histogram checks, sorts and joins the labels anew for each observation,
 * which takes ten times as long as counting; this one does so for each series, and is scraped in the same way.
 */
export function createSecondsHistogram(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
): (seconds: number, values: readonly (string | number)[], traceId?: string) => void {
  const series: Series[] = []
  let byLabel = new Branch()
  const begin = (values: readonly (string | number)[]): Series => {
    const labels = Object.fromEntries(labelNames.map((label, index) => [label, values[index] ?? '']))
    const begun = {
      labels,
      counts: Array.from({ length: BUCKETS.length + 1 }, () => 0),
      exemplars: [],
      sum: 0,
    }
    series.push(begun)
    return begun
  }
  const metric = {
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    get: async () => ({ name, help, type: 'histogram', aggregator: 'sum', values: valuesOf(name, series) }),
    reset() {
      series.length = 0
      byLabel = new Branch()
    },
  } as unknown as Metric
  registry.registerMetric(metric)

  return (seconds, values, traceId) => {
    let at = byLabel
    for (const value of values) at = at.next(value)
    at.series ??= begin(values)
    const own = at.series
    let bucket = 0
    while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] ?? 0)) bucket++
    own.counts[bucket] = (own.counts[bucket] ?? 0) + 1
    own.sum += seconds
    if (traceId !== undefined) {
      own.exemplars[bucket] = {
        labelSet: { trace_id: traceId },
        value: seconds,
        timestamp: Date.now() / 1000,
      }
    }
  }
}

/** Series by one label after the other: a key of all would be a new text for each observation, to be hashed anew. */
class Branch {
  readonly #next = new Map<string | number, Branch>()
  series: Series | undefined

  next(value: string | number): Branch {
    let next = this.#next.get(value)
    if (!next) {
      next = new Branch()
      this.#next.set(value, next)
    }
    return next
  }
}

/** As Prometheus wants it: each bucket counts the shorter ones too. */
function valuesOf(
  name: string,
  series: readonly Series[],
): MetricObjectWithValues<MetricValueWithName<string>>['values'] {
  return series.flatMap(({ labels, counts, exemplars, sum }) => {
    let count = 0
    const buckets = counts.map((each, index) => {
      count += each
      return {
        metricName: `${name}_bucket`,
        labels: { le: BUCKETS[index] ?? '+Inf', ...labels },
        value: count,
        ...(exemplars[index] && { exemplar: exemplars[index] }),
      }
    })
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ]
  })
}
