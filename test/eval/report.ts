import type { Evaluation } from './evaluate.js'

/** A row for each task, and one for all. */
export function tableOf(evaluations: readonly Evaluation[]): string {
  const sum = (value: (evaluation: Evaluation) => number) =>
    evaluations.reduce((total, each) => total + value(each), 0)
  const rows = [
    ['task', 'done', 'calls', 'wrong turns', 'input tokens', 'output tokens', 'seconds'],
    ...evaluations.map((each) => [
      each.task,
      each.done ? 'yes' : 'no',
      String(each.calls.length),
      String(each.wrongTurns),
      String(each.tokens.input),
      String(each.tokens.output),
      each.seconds.toFixed(1),
    ]),
    [
      'all',
      `${sum(({ done }) => Number(done))} of ${evaluations.length}`,
      String(sum(({ calls }) => calls.length)),
      String(sum(({ wrongTurns }) => wrongTurns)),
      String(sum(({ tokens }) => tokens.input)),
      String(sum(({ tokens }) => tokens.output)),
      sum(({ seconds }) => seconds).toFixed(1),
    ],
  ]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
  return rows.map((row) => line(row).trimEnd()).join('\n')
}

/** Why a task is not done. */
export function problemsOf({ task, ended, error, missing }: Evaluation): string {
  const reasons = {
    answer: '',
    turns: 'The model did not answer within the turns.',
    time: 'The model did not answer in time.',
    error: error ?? 'The model failed.',
  }
  return [
    `${task}: not done. ${reasons[ended]}`.trim(),
    ...missing.map((each) => `  not true: ${each}`),
  ].join('\n')
}
